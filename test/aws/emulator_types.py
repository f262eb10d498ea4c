"""Resource types of CloudFormation that moto lacks, and its dynamic references to secrets."""

import json
import re

from moto.cloudwatch.models import (
    CloudWatchBackend,
    Dimension,
    Metric,
    MetricDataQuery,
    MetricStat,
    cloudwatch_backends,
)
from moto.core.common_models import CloudFormationModel
from moto.secretsmanager.models import secretsmanager_backends

REFERENCE = re.compile(r"\{\{resolve:secretsmanager:(arn:(?:[^:}]*:){5}[^:}]*|[^:}]+)(?::SecretString(?::([^:}]+))?)?\}\}")


class Secret(CloudFormationModel):
    """AWS::SecretsManager::Secret; Ref is its ARN. Deleting it leaves no time to recover it, as CloudFormation does."""

    # moto files a model by the service in its module's name.
    __module__ = "moto.secretsmanager.models"

    def __init__(self, arn):
        self.physical_resource_id = arn

    @staticmethod
    def cloudformation_name_type():
        return "Name"

    @staticmethod
    def cloudformation_type():
        return "AWS::SecretsManager::Secret"

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        properties = cloudformation_json["Properties"]
        backend = secretsmanager_backends[account_id][region_name]
        created = backend.create_secret(
            name=resource_name,
            secret_string=properties.get("SecretString") or generated(backend, properties["GenerateSecretString"]),
            secret_binary=None,
            description=properties.get("Description"),
            tags=properties.get("Tags"),
            kms_key_id=properties.get("KmsKeyId"),
            client_request_token=None,
            replica_regions=[],
            force_overwrite=False,
        )
        return cls(json.loads(created)["ARN"])

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name
    ):
        return original_resource

    @classmethod
    def delete_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name):
        secretsmanager_backends[account_id][region_name].delete_secret(resource_name, None, True)


def generated(backend, options):
    password = json.loads(
        backend.get_random_password(
            password_length=options.get("PasswordLength", 32),
            exclude_characters=options.get("ExcludeCharacters", ""),
            exclude_numbers=options.get("ExcludeNumbers", False),
            exclude_punctuation=options.get("ExcludePunctuation", False),
            exclude_uppercase=False,
            exclude_lowercase=False,
            include_space=False,
            require_each_included_type=True,
        )
    )["RandomPassword"]
    if "GenerateStringKey" not in options:
        return password
    return json.dumps({**json.loads(options["SecretStringTemplate"]), options["GenerateStringKey"]: password})


class MetricAlarm(CloudFormationModel):
    """AWS::CloudWatch::Alarm; Ref is its name."""

    __module__ = "moto.cloudwatch.models"

    def __init__(self, name, arn):
        self.physical_resource_id = name
        self.arn = arn

    def get_cfn_attribute(self, attribute_name):
        return {"Arn": self.arn}[attribute_name]

    @staticmethod
    def cloudformation_name_type():
        return "AlarmName"

    @staticmethod
    def cloudformation_type():
        return "AWS::CloudWatch::Alarm"

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        properties = cloudformation_json["Properties"]
        backend: CloudWatchBackend = cloudwatch_backends[account_id][region_name]
        alarm = backend.put_metric_alarm(
            name=resource_name,
            namespace=properties.get("Namespace"),
            metric_name=properties.get("MetricName"),
            comparison_operator=properties["ComparisonOperator"],
            evaluation_periods=properties["EvaluationPeriods"],
            period=properties.get("Period"),
            threshold=float(properties["Threshold"]),
            statistic=properties.get("Statistic"),
            description=properties.get("AlarmDescription"),
            dimensions=properties.get("Dimensions", []),
            extended_statistic=properties.get("ExtendedStatistic"),
            alarm_actions=properties.get("AlarmActions", []),
            ok_actions=properties.get("OKActions", []),
            insufficient_data_actions=properties.get("InsufficientDataActions", []),
            metric_data_queries=[query(each) for each in properties["Metrics"]] if "Metrics" in properties else None,
            datapoints_to_alarm=properties.get("DatapointsToAlarm"),
            treat_missing_data=properties.get("TreatMissingData"),
            tags=properties.get("Tags"),
        )
        return cls(resource_name, alarm.alarm_arn)

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name
    ):
        return cls.create_from_cloudformation_json(new_resource_name, cloudformation_json, account_id, region_name)

    @classmethod
    def delete_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name):
        cloudwatch_backends[account_id][region_name].delete_alarms([resource_name])


def query(properties):
    stat = properties.get("MetricStat")
    metric = stat and stat["Metric"]
    return MetricDataQuery(
        query_id=properties["Id"],
        label=properties.get("Label"),
        period=properties.get("Period"),
        return_data=properties.get("ReturnData"),
        expression=properties.get("Expression"),
        metric_stat=stat
        and MetricStat(
            metric=Metric(
                metric_name=metric["MetricName"],
                namespace=metric["Namespace"],
                dimensions=[Dimension(each["Name"], each["Value"]) for each in metric.get("Dimensions", [])],
            ),
            period=stat["Period"],
            stat=stat["Stat"],
            unit=stat.get("Unit"),
        ),
    )


def resolved(value, backend):
    """The value with what its dynamic references stand for."""
    if isinstance(value, dict):
        return {key: resolved(each, backend) for key, each in value.items()}
    if isinstance(value, list):
        return [resolved(each, backend) for each in value]
    if not isinstance(value, str):
        return value

    def text(match):
        secret, key = match.groups()
        string = backend.get_secret_value(secret, None, None)["SecretString"]
        return json.loads(string)[key] if key else string

    return REFERENCE.sub(text, value)
