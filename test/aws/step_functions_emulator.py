"""moto_server whose Step Functions reads each path in a definition once and has one client for its functions: both take longer than
running a state.
"""

import sys

sys.dont_write_bytecode = True

from functools import cache

from emulator_speed import hasten
from moto.server import main
from moto.stepfunctions.parser.asl.component.common.path import result_path
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.utils import json_path
from moto.stepfunctions.parser.asl.utils.boto_client import boto_client_for

client_of = cache(boto_client_for)

if __name__ == "__main__":
    json_path.parse = cache(json_path.parse)
    result_path.parse = cache(result_path.parse)
    # The functions are the test's, whoever calls them.
    lambda_eval_utils.boto_client_for = lambda service, region, state_credentials=None: client_of(region, service)
    hasten()
    main()
