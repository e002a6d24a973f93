"""Checks every manifest of deploy/kubernetes against Kubernetes' schemas, and every workload against the promises of its README."""

import sys
from pathlib import Path

import kubernetes_validate
import yaml

FOLDER = Path(__file__).parent.parent / "deploy" / "kubernetes"
# The oldest and the newest supported version.
VERSIONS = ["1.31", "1.37"]
# The objects that every workload needs, under the same name.
COMPANIONS = ["Service", "PodDisruptionBudget", "HorizontalPodAutoscaler"]


def manifests():
    """Yields every document that kustomize applies. A file that it does not apply is an error."""
    listed = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())["resources"]
    present = sorted(path.name for path in FOLDER.glob("*.yaml") if path.name != "kustomization.yaml")
    assert sorted(listed) == present, f"kustomization.yaml lists {sorted(listed)}; there are {present}"
    for name in listed:
        yield from yaml.safe_load_all((FOLDER / name).read_text())


def breaches(manifest):
    """Yields the promises that a Deployment breaks."""
    pod = manifest["spec"]["template"]["spec"]
    if pod.get("automountServiceAccountToken") is not False:
        yield "a service account's token is mounted"
    if not pod.get("securityContext", {}).get("runAsNonRoot"):
        yield "the container may run as root"
    if pod.get("securityContext", {}).get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield "no seccomp profile"
    for container in pod["containers"]:
        for probe in ["startupProbe", "livenessProbe", "readinessProbe"]:
            if probe not in container:
                yield f"no {probe}"
        if "memory" not in container.get("resources", {}).get("limits", {}):
            yield "no memory limit"
        context = container.get("securityContext", {})
        if context.get("allowPrivilegeEscalation") is not False or not context.get("readOnlyRootFilesystem"):
            yield "privileges may grow, or the file system is writable"
        if context.get("capabilities", {}).get("drop") != ["ALL"]:
            yield "capabilities are not dropped"


def main():
    everything = list(manifests())
    problems = []
    for manifest in everything:
        name = f"{manifest['kind']} {manifest['metadata']['name']}"
        for version in VERSIONS:
            try:
                kubernetes_validate.validate(manifest, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                problems.append(f"{name}, Kubernetes {version}: {error.message}")
        if manifest["kind"] == "Secret":
            problems.append(f"{name}: secrets do not belong in the repository")
        if manifest["kind"] == "Deployment":
            problems += [f"{name}: {breach}" for breach in breaches(manifest)]
            there = {other["kind"] for other in everything if other["metadata"]["name"] == manifest["metadata"]["name"]}
            problems += [f"{name}: no {kind} with the same name" for kind in COMPANIONS if kind not in there]
    for problem in problems:
        print(f"kubernetes: {problem}", file=sys.stderr)
    print(f"kubernetes: {len(everything)} manifests, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
