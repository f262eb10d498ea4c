"""Answers of moto_server over connections that stay open, each in one piece.

Werkzeug's own handler closes the connection after every answer, and sends head and body one after the other: for calls that take a
millisecond, that is most of the time.
"""

from io import BytesIO

from werkzeug.exceptions import InternalServerError
from werkzeug.serving import WSGIRequestHandler

WITHOUT_BODY = (204, 304)


class KeepingHandler(WSGIRequestHandler):
    wbufsize = -1
    disable_nagle_algorithm = True

    def run_wsgi(self):
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.wfile.flush()
        self.environ = environ = self.make_environ()
        # All of it, so that the next request begins where this one ends.
        environ["wsgi.input"] = BytesIO(self.whole_body(environ))
        try:
            status, headers, body = answer_of(self.server.app, environ)
        except Exception as error:
            self.server.log("error", f"Error on request: {error!r}")
            status, headers, body = answer_of(InternalServerError(), environ)
        self.send(status, headers, body)

    def whole_body(self, environ):
        if environ.get("wsgi.input_terminated"):
            return environ["wsgi.input"].read()
        return environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))

    def send(self, status, headers, body):
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        has_length = any(name.lower() == "content-length" for name, _ in headers)
        if not has_length and int(code) not in WITHOUT_BODY and self.command != "HEAD":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


def answer_of(app, environ):
    head = []

    def start_response(status, headers, exc_info=None):
        head[:] = [status, headers]

    parts = app(environ, start_response)
    try:
        body = b"".join(parts)
    finally:
        if hasattr(parts, "close"):
            parts.close()
    return *head, body
