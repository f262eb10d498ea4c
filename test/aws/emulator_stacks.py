"""What CloudFormation does when stacks change at once, import from each other, or cannot be removed. In moto two creations of one name
both succeed, a stack goes although others import from it, and one whose removal fails is forgotten.
"""

from threading import RLock

from moto.cloudformation import parsing
from moto.cloudformation.models import CloudFormationBackend, Stack
from moto.cloudformation.parsing import ResourceMap

CHANGING_STACKS = RLock()
CHANGES_OF_STACKS = ("create_stack", "create_change_set", "update_stack", "delete_stack", "execute_change_set")

clean_json = parsing.clean_json
delete_stack = CloudFormationBackend.delete_stack


def one_at_a_time(change, changing):
    """Of two that make a stack or an object of one name at once AWS refuses the second; moto looks first and makes it later."""

    def changed(*given, **named):
        with changing:
            return change(*given, **named)

    return changed


def resources_of(stack):
    """Of a stack that was removed there are none; moto would make them anew for whoever asks, also in the middle of a change."""
    with CHANGING_STACKS:
        return [] if stack.status == "DELETE_COMPLETE" else list(stack.resource_map.values())


def clean_json_in_region(resource_json, resources_map):
    """moto takes no region at all for us-east-1, and does not write down what is imported."""
    if isinstance(resource_json, dict):
        if resource_json.get("Fn::GetAZs") == "":
            return [f"{resources_map['AWS::Region']}{zone}" for zone in "abc"]
        if "Fn::ImportValue" in resource_json:
            imports_of(resources_map).add(clean_json(resource_json["Fn::ImportValue"], resources_map))
    return clean_json(resource_json, resources_map)


def imports_of(resources_map):
    """Names of exports, of this stack's whole life: no template of ours ever stops importing what it did."""
    return vars(resources_map).setdefault("hivemind_imports", set())


def delete_stack_or_say_why(backend, name_or_stack_id):
    stack = stack_of(backend, name_or_stack_id)
    if stack is None:
        return
    in_use = uses_of(backend, stack)
    if in_use:
        fail(stack, in_use[0])
        return
    try:
        delete_stack(backend, stack.stack_id)
    except Exception as error:  # Whatever the service of a resource says.
        backend.stacks[stack.stack_id] = stack
        fail(stack, str(error))


def stack_of(backend, name_or_stack_id):
    return next((each for each in backend.stacks.values() if name_or_stack_id in (each.stack_id, each.name)), None)


def uses_of(backend, stack):
    return [
        f"Export {export.name} cannot be deleted as it is in use by {other.name}"
        for export in stack.exports
        for other in backend.stacks.values()
        if other is not stack and export.name in imports_of(other.resource_map)
    ]


def fail(stack, reason):
    stack.status = "DELETE_FAILED"
    stack._add_stack_event("DELETE_FAILED", resource_status_reason=reason)


def extend_stacks():
    parsing.clean_json = clean_json_in_region
    Stack.stack_resources = property(resources_of)
    CloudFormationBackend.delete_stack = delete_stack_or_say_why
    for change in CHANGES_OF_STACKS:
        setattr(CloudFormationBackend, change, one_at_a_time(getattr(CloudFormationBackend, change), CHANGING_STACKS))
    ResourceMap.__getitem__ = one_at_a_time(ResourceMap.__getitem__, CHANGING_STACKS)
