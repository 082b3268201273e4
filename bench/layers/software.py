"""What runs: containers, applications and what they keep their data in."""

from __future__ import annotations

from bench.estate import Draw, Fields, Layer

_PRODUCTS = ("billing", "catalogue", "checkout", "claims", "delivery", "identity", "payroll", "pricing", "search")


def container(draw: Draw) -> Fields:
    """One container on one machine."""
    product = draw.one(*_PRODUCTS)
    image = f"registry.example.org/{product}"
    return {
        "name": f"{product} worker {draw.position}",
        "owner": draw.near("team"),
        "labels": {"tier": draw.one("web", "service", "batch"), "stage": "production"},
        "attributes": {
            "container_name": f"{product}-{draw.position}",
            "container_host": f"{draw.near('vm')}.example.org",
            "image": f"{image}:{draw.number(1, 9)}.{draw.number(0, 30)}.{draw.number(0, 9)}",
            "image_digest": f"sha256:{draw.number(16**15, 16**16 - 1):016x}",
            "restart_policy": "always",
            "ports": [f"{8000 + draw.position % 1000}:8080/tcp"],
            "privileged": False,
            "cpu_limit": draw.number(1, 4),
            "memory": f"{draw.one(256, 512, 1024, 2048)} MiB",
        },
        "relations": {"runs_on": draw.near("vm")},
    }


def workload(draw: Draw) -> Fields:
    """A deployment in a cluster."""
    product = draw.one(*_PRODUCTS)
    return {
        "name": f"{product} deployment",
        "owner": draw.near("team"),
        "labels": {"tier": "service", "stage": "production"},
        "attributes": {
            "cluster": draw.near("k8s"),
            "namespace": product,
            "workload_type": draw.one("Deployment", "StatefulSet"),
            "workload_name": f"{product}-{draw.position}",
            "images": {product: f"registry.example.org/{product}:{draw.number(1, 9)}.{draw.number(0, 30)}.1"},
            "cpu_request": draw.one(0.25, 0.5, 1.5),
            "memory_request": f"{draw.one(256, 512, 1024)} MiB",
            "replicas": draw.number(2, 6),
        },
        "relations": {"runs_on": draw.near("k8s")},
    }


def cluster(draw: Draw) -> Fields:
    """A Kubernetes cluster that survives the loss of nodes in either of two rooms."""
    nodes = draw.several("vm", 8)
    rooms = [
        {"name": "east", "at_least": 2, "of": nodes[:4]},
        {"name": "west", "at_least": 2, "of": nodes[4:]},
    ]
    return {
        "name": f"Cluster {draw.position}",
        "owner": draw.near("team"),
        "criticality": "high",
        "attributes": {
            "distribution": "vanilla",
            "version": f"1.{draw.number(28, 34)}.{draw.number(0, 9)}",
            "node_count": len(nodes),
            "pod_network": f"10.{200 + draw.position % 50}.0.0/16",
            "container_runtime": "containerd",
        },
        "relations": {"consists_of": {"name": "nodes", "at_least": 1, "of": rooms}},
    }


def database(draw: Draw) -> Fields:
    """One database instance on its own machine."""
    relations: Fields = {
        "runs_on": draw.near("vm"),
        "depends_on": draw.near("vol"),
        "backed_up_by": draw.near("backup"),
    }
    return {
        "name": f"{draw.one(*_PRODUCTS).title()} database {draw.position}",
        "owner": draw.near("team"),
        "criticality": draw.one("medium", "high", "critical"),
        "labels": {"tier": "data"},
        "attributes": {
            "engine": draw.one("postgresql", "mariadb"),
            "version": f"{draw.number(12, 17)}.{draw.number(0, 9)}.0",
            "database_name": f"db{draw.position}",
            "endpoint": f"{draw.id}.example.org:5432",
            "role": draw.one("primary", "replica"),
            "storage": f"{draw.number(1, 64) * 16} GiB",
            "encrypted": True,
            "backup_retention": "30d",
            "rto": "4h",
            "rpo": "15m",
        },
        "relations": relations,
    }


def cache(draw: Draw) -> Fields:
    """A cache beside an application."""
    return {
        "owner": draw.near("team"),
        "attributes": {
            "engine": "valkey",
            "version": f"8.{draw.number(0, 3)}.{draw.number(0, 9)}",
            "endpoint": f"{draw.id}.example.org:6379",
            "memory": f"{draw.one(1, 2, 4)} GiB",
            "persistent": False,
        },
        "relations": {"runs_on": draw.near("vm")},
    }


def queue(draw: Draw) -> Fields:
    """A message queue on a cluster of machines."""
    return {
        "name": f"Queue {draw.position}",
        "owner": draw.near("team"),
        "attributes": {
            "engine": "rabbitmq",
            "version": f"4.{draw.number(0, 2)}.{draw.number(0, 9)}",
            "endpoint": f"{draw.id}.example.org:5672",
            "queue_name": f"events.{draw.position}",
            "retention": "7d",
        },
        "relations": {"runs_on": draw.group("brokers", "vm", 2, 3)},
    }


def application(draw: Draw) -> Fields:
    """An application in several containers, with its data behind a group."""
    product = draw.one(*_PRODUCTS)
    needs: list[str | Fields] = [draw.group("data", "db", 1, 2)]
    if draw.chance(0.2):
        halves = [draw.group("blue", "ctr", 2, 3), {"name": "green", "at_least": 1, "of": [draw.near("k8w")]}]
        needs.append({"name": "instances", "at_least": 1, "of": halves})
    else:
        needs.append(draw.group("instances", "ctr", 1, 3))
    if draw.chance(0.3):
        needs.append(draw.near("mq"))
    relations: Fields = {"depends_on": needs, "uses": draw.near("cache"), "licensed_under": draw.near("license")}
    if draw.chance(0.2):
        relations["receives_data_from"] = [{"to": draw.near("db"), "port": 5432, "protocol": "tcp"}]
    return {
        "name": f"{product.title()} {draw.position}",
        "description": f"The {product} application of unit {draw.number(1, 99)}, maintained by its product team",
        "owner": draw.near("team"),
        "criticality": draw.one("low", "medium", "high", "critical"),
        "links": {"runbook": f"https://wiki.example.org/{draw.id}"},
        "keys": {"catalogue": f"{draw.number(16**15, 16**16 - 1):016x}"},
        "attributes": {
            "version": f"{draw.number(1, 9)}.{draw.number(0, 20)}.{draw.number(0, 9)}",
            "technology": draw.one("Java 21", "Python 3.13", "Go"),
            "repository": f"https://git.example.org/{product}/{draw.id}",
            "url": f"https://{draw.id}.example.org/",
            "users": draw.number(5, 5000),
            "data_classification": draw.one("internal", "confidential"),
            "personal_data": draw.chance(0.3),
            "rto": draw.one("1h", "4h", "1d"),
            "monthly_cost": draw.number(100, 9000),
        },
        "relations": relations,
    }


def api(draw: Draw) -> Fields:
    """An interface of an application."""
    return {
        "name": f"API {draw.position}",
        "owner": draw.near("team"),
        "attributes": {
            "url": f"https://api.example.org/{draw.id}",
            "specification": f"https://git.example.org/apis/{draw.id}.json",
            "authentication": "oauth2",
            "rate_limit": f"{draw.number(1, 60) * 10}/min",
        },
        "relations": {"depends_on": draw.near("app")},
    }


SOFTWARE = (
    Layer(
        "container",
        "ctr",
        "containers",
        0,
        container,
        common={"kind": "container", "environment": "production", "attributes": {"currency": "CHF"}},
    ),
    Layer("kubernetes_workload", "k8w", "workloads", 0.06, workload),
    Layer("kubernetes_cluster", "k8s", "clusters", 0.001, cluster),
    Layer("database", "db", "databases", 0.04, database, common={"environment": "production"}),
    Layer("cache", "cache", "caches", 0.015, cache),
    Layer("message_queue", "mq", "queues", 0.01, queue),
    Layer("application", "app", "applications", 0.10, application, common={"attributes": {"currency": "CHF"}}),
    Layer("api", "api", "apis", 0.03, api),
)
