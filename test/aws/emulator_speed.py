"""Makes moto_server fast enough for some hundred tests on two cores, without a change in what it answers.

Measured by sampling: it lists its own folder for every request (under a lock), looks up the regions of a service for every account,
reads the text of a state machine anew each time, and prints a line for each request.
"""

import logging
from functools import cache, partial

from antlr4 import CommonTokenStream, InputStream
from emulator_http import KeepingHandler
from moto import backends, server
from moto.core.base_backend import AccountSpecificBackend
from moto.stepfunctions.parser.asl.parse.asl_parser import (
    AmazonStateLanguageParser,
    ASLLexer,
    ASLParser,
    ASLParserException,
    Preprocessor,
    SyntaxErrorListener,
)
from moto.stepfunctions.parser.asl.static_analyser import static_analyser


@cache
def syntax_tree(definition):
    """What is kept is the syntax tree; everything that an execution changes is made anew from it."""
    listener = SyntaxErrorListener()
    parser = ASLParser(CommonTokenStream(ASLLexer(InputStream(definition))))
    parser.removeErrorListeners()
    parser.addErrorListener(listener)
    tree = parser.state_machine()
    if listener.errors:
        raise ASLParserException(errors=listener.errors)
    return tree


class Parser(AmazonStateLanguageParser):
    @staticmethod
    def parse(definition):
        tree = syntax_tree(definition)
        return Preprocessor().visit(tree), tree


class TreeParser(AmazonStateLanguageParser):
    """For an analysis, which looks at nothing but the tree."""

    @staticmethod
    def parse(definition):
        return None, syntax_tree(definition)


def hasten():
    modules = frozenset(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: modules
    regions_of = cache(partial(AccountSpecificBackend._generate_regions.__wrapped__, None))
    AccountSpecificBackend._generate_regions = lambda _account, service: regions_of(service)
    AmazonStateLanguageParser.parse = staticmethod(Parser.parse)
    static_analyser.AmazonStateLanguageParser = TreeParser
    server.run_simple = partial(server.run_simple, request_handler=KeepingHandler)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
