"""What CloudFormation does when stacks change at once, import from each other, cannot be removed, or leave a snapshot. In moto two creations of one name
both succeed, a stack goes although others import from it, and one whose removal fails is forgotten.
"""

import random
import string
from threading import RLock

from moto.cloudformation import parsing
from moto.cloudformation.models import CloudFormationBackend, Stack
from moto.cloudformation.parsing import ResourceMap
from moto.rds.models import DBInstance, rds_backends

CHANGING_STACKS = RLock()
CHANGES_OF_STACKS = ("create_stack", "create_change_set", "update_stack", "delete_stack", "execute_change_set")

clean_json = parsing.clean_json
resource_of = ResourceMap.__getitem__
delete_resource = ResourceMap._delete_resource


def one_at_a_time(change, changing):
    """Of two that make a stack or an object of one name at once AWS refuses the second; moto looks first and makes it later."""

    def changed(*given, **named):
        with changing:
            return change(*given, **named)

    return changed


def resources_of(stack):
    """Of a stack that was removed there are none, and of one that could not be removed those that are left."""
    with CHANGING_STACKS:
        if stack.status == "DELETE_COMPLETE":
            return []
        resource_map = stack.resource_map
        return [resource_map[name] for name in resource_map if not is_removed(resource_map, name)]


def resource_or_memory(resource_map, name):
    """moto would make a resource that was removed anew for whoever asks, be it for the value of an output."""
    return resources_before(resource_map)[name] if is_removed(resource_map, name) else resource_of(resource_map, name)


def is_removed(resource_map, name):
    return name not in resource_map._parsed_resources and name in resources_before(resource_map)


def resources_before(resource_map):
    """What a stack had before its removal began, by name."""
    return vars(resource_map).get("hivemind_before_removal", {})


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
    exports = [export.name for export in stack.exports]
    stack.status = "DELETE_IN_PROGRESS"
    vars(stack.resource_map).setdefault("hivemind_before_removal", dict(stack.resource_map._parsed_resources))
    try:
        stack.delete()
    except Exception as error:  # Whatever the service of a resource says.
        fail(stack, str(error))
        return
    del backend.stacks[stack.stack_id]
    backend.deleted_stacks[stack.stack_id] = stack
    for name in exports:
        backend.exports.pop(name, None)


def delete_resource_by_policy(resource_map, resource, resource_json):
    """A database with the deletion policy Snapshot leaves one; moto knows of this policy only that it is not Retain."""
    if not isinstance(resource, DBInstance) or resource_json.get("DeletionPolicy") != "Snapshot":
        delete_resource(resource_map, resource, resource_json)
        return
    backend = rds_backends[resource_map._account_id][resource_map._region_name]
    backend.delete_db_instance(
        resource.db_instance_identifier, final_snapshot_name(resource_map["AWS::StackName"], resource.logical_resource_id)
    )


def final_snapshot_name(stack_name, logical_id):
    unique = "".join(random.choices(string.ascii_lowercase + string.digits, k=13))
    return f"{stack_name}-snapshot-{logical_id}-{unique}".lower()


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
    ResourceMap._delete_resource = delete_resource_by_policy
    ResourceMap.__getitem__ = one_at_a_time(resource_or_memory, CHANGING_STACKS)
