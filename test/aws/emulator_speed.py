"""Makes moto_server fast enough for some hundred tests on two cores, without a change in what it answers, but for images of machines:
there are none.

Measured by sampling: it lists its own folder for every request (under a lock), looks up the regions of a service for every account,
reads the text of a state machine anew each time, and prints a line for each request. It looks for the methods of a class and the
names under which an answer's values may be found at every call, lists all models of botocore for each service, sorts a whole table
for every query, tries ten types for each attribute of an item, and reads JSON templates as YAML. It looks through all accounts for whose
access key it is, and through a list of them at each use of one; it builds its whole grammar of paths for every path, and every state of a
definition only to see that it can be built.
"""

import json
import logging
import os
from functools import cache, partial

from antlr4 import CommonTokenStream, InputStream
from emulator_http import KeepingHandler
from moto import backends, server
from moto.cloudformation.models import Stack
from moto.core import responses, utils
from moto.core.base_backend import AccountSpecificBackend, BackendDict
from moto.core.serialize import BaseJSONSerializer, XFormedAttributePicker
from moto.dynamodb.models.table import Table
from moto.iam import models as iam
from moto.stepfunctions.parser.asl.parse.asl_parser import (
    AmazonStateLanguageParser,
    ASLLexer,
    ASLParser,
    ASLParserException,
    Preprocessor,
    SyntaxErrorListener,
)
from moto.stepfunctions.parser.asl.static_analyser import static_analyser
from moto.stepfunctions.parser.models import StepFunctionsParserBackend


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


query_table = Table.query


def query_part(table, hash_key, range_comparison, ranges, limit, start, forward, projection, index_name=None, *given, **named):
    """A query of nothing but the items that have the hash key."""
    if index_name is None:
        items = {key: table.items[key] for key in (hash_key,) if key in table.items}
    elif named.get("hash_key_conditions") and table.range_key_attr:
        items = having(table.items, *named["hash_key_conditions"][0])
    else:
        items = table.items
    # Not by its constructor, which keeps a list of all that it makes.
    part = object.__new__(Table)
    part.__dict__.update(table.__dict__, items=items)
    return query_table(
        part, hash_key, range_comparison, ranges, limit, start, forward, projection, index_name, *given, **named
    )


def having(items, name, value):
    def has(item):
        return name in item.attrs and item.attrs[name] == value

    return {key: {at: item for at, item in list(ranged.items()) if has(item)} for key, ranged in list(items.items())}


possible_keys = XFormedAttributePicker.get_possible_keys
keys_by_place = {}


def known_keys(picker, context):
    """They depend on the class of what is answered, not on what it holds."""
    place = (type(context.obj), context.shape, context.key)
    if place not in keys_by_place:
        keys_by_place[place] = tuple(possible_keys(picker, context))
    return keys_by_place[place]


serialize_structure = BaseJSONSerializer._serialize_type_structure


def serialize_attribute(serializer, serialized, value, shape, key):
    """A value of DynamoDB names its own type."""
    if shape.name != "AttributeValue" or type(value) is not dict:
        return serialize_structure(serializer, serialized, value, shape, key)
    typed = {}
    for name, each in value.items():
        if name in shape.members and each is not None:
            serializer._serialize(typed, each, shape.members[name], name)
    serializer._default_serialize(serialized, typed, shape, key)


parse_text = Stack.parse_template


def parse_template(template):
    try:
        return json.loads(template)
    except ValueError:
        return parse_text(template)


create_account_backend = BackendDict._create_account_specific_backend


def create_backend_once(backends_of_service, account_id):
    if account_id not in backends_of_service:
        create_account_backend(backends_of_service, account_id)


find_account = iam.get_account_id_from
account_by_key = {}


def known_account(access_key):
    """A key is the same account's as long as that account has it."""
    account_id = account_by_key.get(access_key)
    if account_id is None or not has_key(account_id, access_key):
        account_id = account_by_key[access_key] = find_account(access_key)
    return account_id


def has_key(account_id, access_key):
    return any(access_key in backend.access_keys for backend in list(iam.iam_backends[account_id].values()))


def hasten():
    # Nothing is started from an image: the tests have no instances that run.
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
    BackendDict._create_account_specific_backend = create_backend_once
    iam.get_account_id_from = known_account
    StepFunctionsParserBackend._validate_definition = staticmethod(cache(StepFunctionsParserBackend._validate_definition))
    Stack.parse_template = staticmethod(parse_template)
    utils.create_loader = cache(utils.create_loader)
    responses.method_names_from_class = cache(utils.method_names_from_class)
    XFormedAttributePicker.get_possible_keys = known_keys
    BaseJSONSerializer._serialize_type_structure = serialize_attribute
    Table.query = query_part
    modules = frozenset(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: modules
    regions_of = cache(partial(AccountSpecificBackend._generate_regions.__wrapped__, None))
    AccountSpecificBackend._generate_regions = lambda _account, service: regions_of(service)
    AmazonStateLanguageParser.parse = staticmethod(Parser.parse)
    static_analyser.AmazonStateLanguageParser = TreeParser
    server.run_simple = partial(server.run_simple, request_handler=KeepingHandler)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
