"""Which kind of CI a Terraform resource type is. What is rented and fits no kind of its own is a cloud resource; what
exists only in Terraform itself is nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase

_KINDS: Mapping[str, str] = {
    "virtual_machine": (
        "alicloud_instance aws_instance aws_spot_instance_request azurerm_linux_virtual_machine "
        "azurerm_virtual_machine azurerm_windows_virtual_machine digitalocean_droplet exoscale_compute_instance "
        "google_compute_instance hcloud_server ibm_is_instance libvirt_domain linode_instance nutanix_virtual_machine "
        "oci_core_instance openstack_compute_instance_v2 proxmox_virtual_environment_vm proxmox_vm_qemu "
        "scaleway_instance_server upcloud_server vcd_vapp_vm vcd_vm vsphere_virtual_machine vultr_instance "
        "yandex_compute_instance"
    ),
    "server": "equinix_metal_device metal_device openstack_baremetal_node_v1 packet_device scaleway_baremetal_server",
    "database": (
        "aws_db_instance aws_docdb_cluster aws_dynamodb_table aws_neptune_cluster aws_rds_cluster "
        "aws_rds_cluster_instance aws_redshift_cluster azurerm_cosmosdb_account azurerm_mariadb_server "
        "azurerm_mssql_database azurerm_mssql_server azurerm_mysql_flexible_server azurerm_mysql_server "
        "azurerm_postgresql_flexible_server azurerm_postgresql_server azurerm_sql_database "
        "digitalocean_database_cluster google_alloydb_cluster google_bigtable_instance google_spanner_instance "
        "google_sql_database_instance openstack_db_instance_v1 openstack_rds_instance_v1 openstack_rds_instance_v3 "
        "scaleway_rdb_instance"
    ),
    "load_balancer": (
        "aws_alb aws_elb aws_lb azurerm_application_gateway azurerm_lb digitalocean_loadbalancer "
        "google_compute_forwarding_rule google_compute_global_forwarding_rule hcloud_load_balancer "
        "openstack_lb_loadbalancer_v2 scaleway_lb"
    ),
    "network": (
        "aws_default_subnet aws_default_vpc aws_subnet aws_vpc azurerm_subnet azurerm_virtual_network "
        "digitalocean_vpc google_compute_network google_compute_subnetwork hcloud_network hcloud_network_subnet "
        "openstack_networking_network_v2 openstack_networking_subnet_v2 openstack_vpc_subnet_v1 openstack_vpc_v1 "
        "scaleway_vpc_private_network"
    ),
    "cache": (
        "aws_elasticache_cluster aws_elasticache_replication_group azurerm_redis_cache google_memcache_instance "
        "google_redis_instance scaleway_redis_cluster"
    ),
    "message_queue": (
        "aws_mq_broker aws_msk_cluster aws_sns_topic aws_sqs_queue azurerm_eventhub azurerm_servicebus_namespace "
        "azurerm_servicebus_queue google_pubsub_topic"
    ),
    "kubernetes_cluster": (
        "aws_eks_cluster azurerm_kubernetes_cluster digitalocean_kubernetes_cluster google_container_cluster "
        "openstack_containerinfra_cluster_v1 scaleway_k8s_cluster scaleway_k8s_cluster_beta"
    ),
    "volume": (
        "aws_ebs_volume azurerm_managed_disk digitalocean_volume google_compute_disk hcloud_volume "
        "openstack_blockstorage_volume_v2 openstack_blockstorage_volume_v3 scaleway_block_volume "
        "scaleway_instance_volume"
    ),
    "ip_address": (
        "aws_eip azurerm_public_ip digitalocean_floating_ip digitalocean_reserved_ip google_compute_address "
        "google_compute_global_address hcloud_floating_ip openstack_compute_floatingip_v2 "
        "openstack_networking_floatingip_v2 scaleway_instance_ip"
    ),
    "dns_zone": (
        "aws_route53_zone azurerm_dns_zone azurerm_private_dns_zone cloudflare_zone google_dns_managed_zone "
        "openstack_dns_zone_v2"
    ),
    "firewall": "aws_networkfirewall_firewall azurerm_firewall",
}
_BY_TYPE = {type_: kind for kind, types in _KINDS.items() for type_ in types.split()}
_FORKS = re.compile(r"^(?:flexibleengine|opentelekomcloud|huaweicloud|telefonicaopencloud|ovh|selectel)_")
_ONLY_INSIDE = frozenset(
    {"archive", "cloudinit", "external", "http", "local", "null", "random", "template", "terraform", "time", "tls"}
)
_PROVIDERS = {"azurerm": "azure", "azuread": "azure", "azapi": "azure", "google-beta": "google"}
REST = "cloud_resource"
ALL = tuple(sorted({*_KINDS, REST}))


def kind_of(resource_type: str, own: Mapping[str, str]) -> str:
    """The kind of a resource type, empty for none. `own` are the user's: a type or a pattern to a kind; a type as it
    is goes before a pattern, and the longer pattern before the shorter."""
    for pattern in sorted(own, key=lambda pattern: (pattern != resource_type, -len(pattern), pattern)):
        if fnmatchcase(resource_type, pattern):
            return own[pattern]
    if resource_type.partition("_")[0] in _ONLY_INSIDE:
        return ""
    return _BY_TYPE.get(resource_type) or _BY_TYPE.get(_FORKS.sub("openstack_", resource_type)) or REST


def provider_of(resource_type: str) -> str:
    """The provider that a resource type belongs to, such as aws, azure or openstack."""
    prefix = resource_type.partition("_")[0]
    return _PROVIDERS.get(prefix, prefix)
