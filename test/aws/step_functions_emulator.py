"""moto_server whose Step Functions reads the text of a definition, and of a path in it, once: reading takes longer than running.

What is kept is the syntax tree; everything that an execution changes is made anew from it.
"""

import sys

sys.dont_write_bytecode = True

from functools import cache

from antlr4 import CommonTokenStream, InputStream
from emulator_speed import hasten
from moto.server import main
from moto.stepfunctions.parser.asl.parse.asl_parser import (
    AmazonStateLanguageParser,
    ASLLexer,
    ASLParser,
    ASLParserException,
    Preprocessor,
    SyntaxErrorListener,
)
from moto.stepfunctions.parser.asl.utils import json_path


@cache
def syntax_tree(definition):
    listener = SyntaxErrorListener()
    parser = ASLParser(CommonTokenStream(ASLLexer(InputStream(definition))))
    parser.removeErrorListeners()
    parser.addErrorListener(listener)
    tree = parser.state_machine()
    if listener.errors:
        raise ASLParserException(errors=listener.errors)
    return tree


def parse(definition):
    tree = syntax_tree(definition)
    return Preprocessor().visit(tree), tree


if __name__ == "__main__":
    AmazonStateLanguageParser.parse = staticmethod(parse)
    json_path.parse = cache(json_path.parse)
    hasten()
    main()
