"""moto_server, and what its CloudFormation lacks for the blueprints: secrets, alarms, dynamic references, some attributes,
tags of the stack on its resources, updates that keep a resource, and deletions. And the percentiles of its metrics.

Everything is made in moto's own back ends, so that the other services see it as if it had been made by themselves.
"""

import sys
from threading import RLock

sys.dont_write_bytecode = True

from emulator_speed import hasten
from emulator_stacks import extend_stacks, one_at_a_time
from emulator_types import resolved
from moto.autoscaling.models import FakeAutoScalingGroup, autoscaling_backends
from moto.cloudformation import parsing
from moto.cloudwatch.models import Statistics
from moto.core.common_models import CloudFormationModel
from moto.ec2.models import ec2_backends
from moto.ec2.models.elastic_ip_addresses import ElasticAddress
from moto.ec2.models.flow_logs import FlowLogs
from moto.ec2.models.internet_gateways import InternetGateway
from moto.ec2.models.nat_gateways import NatGateway
from moto.ec2.models.route_tables import RouteTable
from moto.ec2.models.vpcs import VPCEndPoint
from moto.elbv2.exceptions import ListenerNotFoundError, RuleNotFoundError
from moto.elbv2.models import FakeListener, FakeListenerRule, FakeLoadBalancer, FakeTargetGroup, elbv2_backends
from moto.iam.models import ManagedPolicy, iam_backends
from moto.rds.models import DBInstance, DBParameterGroup
from moto.s3.responses import S3Response
from moto.secretsmanager.models import secretsmanager_backends
from moto.server import main

STACK_TAGS_AS_PROPERTY = ("AWS::RDS::DBInstance", "AWS::SecretsManager::Secret", "AWS::CloudWatch::Alarm")

parse_resource = parsing.parse_resource


def parse_whole_resource(resource_json, resources_map):
    """Resolves dynamic references, and gives the resource the tags of its stack."""
    parsed = parse_resource(resource_json, resources_map)
    if not parsed:
        return parsed
    resource_class, resource_json, resource_type = parsed
    backend = secretsmanager_backends[resources_map._account_id][resources_map._region_name]
    resource_json = resolved(resource_json, backend)
    properties = resource_json["Properties"]
    if resource_type in STACK_TAGS_AS_PROPERTY:
        properties["Tags"] = tag_list(resources_map) + properties.get("Tags", [])
    if "VPCSecurityGroups" in properties:
        properties["VpcSecurityGroupIds"] = properties["VPCSecurityGroups"]
    return resource_class, resource_json, resource_type


def tag_list(resources_map):
    return [{"Key": key, "Value": value} for key, value in resources_map.tags.items()]


create_resource = parsing.parse_and_create_resource


def create_whole_resource(logical_id, resource_json, resources_map, account_id, region_name):
    resource = create_resource(logical_id, resource_json, resources_map, account_id, region_name)
    if isinstance(resource, (FakeLoadBalancer, FakeTargetGroup)):
        tagger = elbv2_backends[account_id][region_name].tagging_service
        tagger.tag_resource(resource.arn, tag_list(resources_map))
    if resource is not None:
        give_attributes(resource, parsing.clean_json(resource_json, resources_map)["Properties"])
    return resource


def give_attributes(resource, properties):
    """Properties that moto's own creation passes over."""

    def pairs(name):
        return {each["Key"]: str(each["Value"]) for each in properties.get(name, [])}

    if isinstance(resource, FakeLoadBalancer):
        resource.attrs.update(pairs("LoadBalancerAttributes"))
    if isinstance(resource, FakeTargetGroup):
        resource.attributes.update(pairs("TargetGroupAttributes"))
    if isinstance(resource, DBInstance):
        resource.deletion_protection = properties.get("DeletionProtection", False)


def keep(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
    """An update in place; without one, moto would forget the resource."""
    give_attributes(original_resource, cloudformation_json["Properties"])
    return original_resource


def delete_route_table(table, backend):
    for association in list(table._associations):
        backend.disassociate_route_table(association)
    backend.delete_route_table(table.id)


def delete_internet_gateway(gateway, backend):
    if gateway.vpc:
        backend.detach_internet_gateway(gateway.id, gateway.vpc.id)
    backend.delete_internet_gateway(gateway.id)


def delete_auto_scaling_group(group, backend):
    # What was removed by hand is gone, and target groups that are gone are in nobody's way.
    if group.name not in backend.autoscaling_groups:
        return
    load_balancing = elbv2_backends[backend.account_id][backend.region_name]
    group.target_group_arns = [arn for arn in group.target_group_arns if arn in load_balancing.target_groups]
    backend.delete_auto_scaling_group(group.name)


def unless_gone(delete):
    """A listener and its rules may have gone with their load balancer."""

    def attempt(resource, backend):
        try:
            delete(resource, backend)
        except (ListenerNotFoundError, RuleNotFoundError):
            pass

    return attempt


def delete_endpoint(endpoint, backend):
    # Some of its route tables may have gone before it.
    endpoint.route_table_ids = [table for table in endpoint.route_table_ids if table in backend.route_tables]
    backend.delete_vpc_endpoints([endpoint.id])


DELETIONS = {
    FakeAutoScalingGroup: (autoscaling_backends, delete_auto_scaling_group),
    RouteTable: (ec2_backends, delete_route_table),
    InternetGateway: (ec2_backends, delete_internet_gateway),
    NatGateway: (ec2_backends, lambda gateway, backend: backend.delete_nat_gateway(gateway.id)),
    ElasticAddress: (ec2_backends, lambda address, backend: backend.release_address(allocation_id=address.allocation_id)),
    FlowLogs: (ec2_backends, lambda log, backend: backend.delete_flow_logs([log.id])),
    VPCEndPoint: (ec2_backends, delete_endpoint),
    FakeListenerRule: (elbv2_backends, unless_gone(lambda rule, backend: backend.delete_rule(rule.arn))),
    FakeListener: (elbv2_backends, unless_gone(lambda listener, backend: backend.delete_listener(listener.arn))),
    FakeTargetGroup: (elbv2_backends, lambda group, backend: backend.delete_target_group(group.arn)),
}


def deletion(backends, delete):
    return lambda resource, account_id, region_name: delete(resource, backends[account_id][region_name])


def delete_managed_policy(policy, account_id, region_name):
    """CloudFormation takes it off the roles that its template has put it on."""
    iam = iam_backends[account_id]["aws"]
    for role in list(iam.roles.values()):
        if policy.arn in role.managed_policies:
            iam.detach_role_policy(policy.arn, role.name)
    iam.delete_policy(policy.arn)


statistic_of = Statistics.get_statistics_for_type


def statistic_or_percentile(statistics, stat):
    """moto knows no percentile: `p95`."""
    values = sorted(statistics.metric_single_values_list)
    if not stat.startswith("p") or not values:
        return statistic_of(statistics, stat)
    return values[min(len(values) - 1, int(len(values) * float(stat[1:]) / 100))]


def extend():
    extend_stacks()
    S3Response.put_object = one_at_a_time(S3Response.put_object, RLock())
    Statistics.get_statistics_for_type = statistic_or_percentile
    parsing.parse_resource = parse_whole_resource
    parsing.parse_and_create_resource = create_whole_resource
    # Ref of a parameter group is its name.
    DBParameterGroup.physical_resource_id = property(lambda group: group.name)
    for model, (backends, delete) in DELETIONS.items():
        model.delete = deletion(backends, delete)
    ManagedPolicy.delete = delete_managed_policy
    # An update in place leaves the instances alone; it is the only update of a compute stack that there is.
    FakeAutoScalingGroup.update_from_cloudformation_json = classmethod(keep)
    for model in CloudFormationModel.__subclasses__():
        if hasattr(model.update_from_cloudformation_json, "__isabstractmethod__"):
            model.update_from_cloudformation_json = classmethod(keep)


if __name__ == "__main__":
    extend()
    hasten()
    main()
