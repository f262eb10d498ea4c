"""moto_server whose Step Functions reads the text of a definition once: reading takes it a second, running it less.

What is kept is the syntax tree; everything that an execution changes is made anew from it.
"""

from functools import cache

from antlr4 import CommonTokenStream, InputStream
from moto.server import main
from moto.stepfunctions.parser.asl.parse.asl_parser import (
    AmazonStateLanguageParser,
    ASLLexer,
    ASLParser,
    ASLParserException,
    Preprocessor,
    SyntaxErrorListener,
)


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
    main()
