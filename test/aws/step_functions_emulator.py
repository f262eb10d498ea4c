"""moto_server whose Step Functions builds the grammar of paths once, not for every path, and has one client for its functions: both take
longer than running a state.
"""

import sys

sys.dont_write_bytecode = True

from functools import cache
from threading import Lock

from emulator_speed import hasten
from jsonpath_ng.ext.parser import ExtendedJsonPathParser
from jsonpath_ng.parser import JsonPathParser
from moto.server import main
from moto.stepfunctions.parser.asl.component.common.path import result_path
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.utils import json_path
from moto.stepfunctions.parser.asl.utils.boto_client import boto_client_for

client_of = cache(boto_client_for)


def reader_of(grammar):
    """One parser reads one path at a time."""
    lock = Lock()

    @cache
    def read(path):
        with lock:
            return grammar.parse(path)

    return read


if __name__ == "__main__":
    json_path.parse = reader_of(ExtendedJsonPathParser())
    result_path.parse = reader_of(JsonPathParser())
    # The functions are the test's, whoever calls them.
    lambda_eval_utils.boto_client_for = lambda service, region, state_credentials=None: client_of(region, service)
    hasten()
    main()
