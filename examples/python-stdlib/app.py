"""Turns any word into a palette of five colours. Standard library only."""

import colorsys
import hashlib
import html
import json
import os
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

WORD_LIMIT = 60
SUGGESTIONS = ("harbour", "saffron", "moss", "thunder", "paper lantern")


def palette(word: str) -> list[str]:
    """Five colours that belong together; the same word always gives the same ones."""
    digest = hashlib.sha256(word.casefold().encode()).digest()
    hue = digest[0] / 256
    step = 0.05 + digest[1] / 256 * 0.09
    saturation = 0.45 + digest[2] / 256 * 0.3
    colours = []
    for index, lightness in enumerate((0.22, 0.38, 0.55, 0.72, 0.88)):
        red, green, blue = colorsys.hls_to_rgb((hue + index * step) % 1, lightness, saturation)
        colours.append(f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}")
    return colours


def page(word: str) -> str:
    colours = palette(word)
    bars = "".join(
        f'<li style="background:{colour};color:{"#fff" if index < 3 else "#111"}">{colour}</li>'
        for index, colour in enumerate(colours)
    )
    links = " ".join(f'<a href="/?{urlencode({"word": other})}">{html.escape(other)}</a>' for other in SUGGESTIONS)
    return PAGE.format(word=html.escape(word), bars=bars, links=links, accent=colours[1], limit=WORD_LIMIT)


PAGE = """<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>{word} in five colours</title>
  <link rel="icon" href="data:,">
  <style>
    :root {{ color-scheme: light dark; --ink: light-dark(#201f24, #ecebf0); --quiet: light-dark(#6c6a75, #9f9daa); }}
    * {{ box-sizing: border-box; }}
    body {{ display: grid; min-height: 100svh; margin: 0; place-items: center; padding: 2rem 1.25rem; color: var(--ink);
      background: light-dark(#faf9fb, #16151a); font: 1.0625rem/1.5 ui-sans-serif, system-ui, "Segoe UI", Roboto, sans-serif; }}
    main {{ width: min(100%, 44rem); }}
    h1 {{ margin: 0 0 1.25rem; font-size: clamp(2rem, 6vw, 3rem); line-height: 1.1; letter-spacing: -0.03em; overflow-wrap: anywhere; }}
    ol {{ display: flex; height: 16rem; margin: 0 0 1.5rem; padding: 0; overflow: hidden; list-style: none; border-radius: 1rem;
      box-shadow: 0 12px 34px rgb(0 0 0 / 14%); }}
    li {{ display: flex; flex: 1; align-items: end; justify-content: center; padding: 0.75rem 0.25rem; transition: flex 0.25s;
      font: 0.8125rem ui-monospace, Menlo, Consolas, monospace; }}
    li:hover {{ flex: 1.7; }}
    form {{ display: flex; gap: 0.5rem; }}
    input {{ flex: 1; min-width: 0; padding: 0.65rem 0.85rem; color: inherit; font: inherit; background: light-dark(#fff, #211f27);
      border: 1px solid light-dark(#dedce4, #38353f); border-radius: 0.6rem; }}
    button {{ padding: 0.65rem 1.2rem; color: #fff; font: inherit; font-weight: 600; background: {accent}; border: 0;
      border-radius: 0.6rem; cursor: pointer; }}
    :is(a, input, button):focus-visible {{ outline: 2px solid {accent}; outline-offset: 2px; }}
    p {{ color: var(--quiet); font-size: 0.9375rem; }}
    a {{ margin-right: 0.6rem; color: inherit; }}
    @media (max-width: 30rem) {{ li {{ writing-mode: vertical-rl; justify-content: end; align-items: center; }} }}
  </style>
</head>
<body>
  <main>
    <h1>{word}</h1>
    <ol>{bars}</ol>
    <form><input name="word" aria-label="A word" value="{word}" maxlength="{limit}" required><button type="submit">Mix</button></form>
    <p>{links}</p>
  </main>
</body>
</html>
"""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 75

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        word = (parse_qs(url.query).get("word", ["harbour"])[0].strip() or "harbour")[:WORD_LIMIT]
        if url.path == "/":
            self.answer(200, "text/html; charset=utf-8", page(word))
        elif url.path == "/api/palette":
            self.answer_json(200, {"word": word, "colours": palette(word)})
        elif url.path == "/health":
            self.answer_json(200, {"status": "ok", "release": os.environ.get("HIVEMIND_RELEASE")})
        else:
            self.answer_json(404, {"error": "there is nothing here"})

    do_HEAD = do_GET

    def answer_json(self, status: int, value: object) -> None:
        self.answer(status, "application/json", json.dumps(value))

    def answer(self, status: int, content_type: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        print(json.dumps({"level": "info", "message": format % args}), flush=True)


class Server(ThreadingHTTPServer):
    # The default of 5 turns connections away as soon as a few arrive together.
    request_queue_size = 128


def main() -> None:
    port = int(os.environ.get("PORT", "8000"))
    server = Server((os.environ.get("HOST", ""), port), Handler)

    def stop(_signal: int, _frame: object) -> None:
        # shutdown() waits for serve_forever(), which runs in this very thread.
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(f"palettes are mixed on port {port}", flush=True)
    server.serve_forever(poll_interval=0.1)
    server.server_close()


if __name__ == "__main__":
    sys.exit(main())
