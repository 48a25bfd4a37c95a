// SPDX-License-Identifier: LGPL-2.1-or-later
// node pods.mjs RENDERED TOKEN PREFIX: the rendered manifests as `podman kube play` can run them, on stdout. It knows Pods and
// ConfigMaps, but neither Services nor usable Secrets: a server's pod gets the Service's part by its name, and the token
// is mounted from a ConfigMap, at the same path. Variables in arguments are replaced, which podman does only for plain
// values. Ports go, or it would publish them on the host; probes as well: without systemd nothing would run them.
import {readFileSync} from 'node:fs';
import {parseAllDocuments, stringify} from 'yaml';

const [rendered, token, prefix] = process.argv.slice(2);
const objects = parseAllDocuments(readFileSync(rendered, 'utf8')).map(document => document.toJS());
const maps = objects.filter(object => object.kind === 'ConfigMap');
maps.push({apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'gst-ball-token'}, data: {token}});
const dataOf = name => maps.find(map => map.metadata.name === name)?.data ?? {};
const valuesOf = container => Object.assign(
    {}, ...(container.envFrom ?? []).map(from => dataOf(from.configMapRef.name)),
    ...(container.env ?? []).map(({name, value, valueFrom}) =>
        ({[name]: value ?? dataOf(valueFrom.configMapKeyRef.name)[valueFrom.configMapKeyRef.key]})));
const pods = objects.filter(object => object.spec?.template?.spec).map(object => {
  const pod = structuredClone(object.spec.template);
  pod.apiVersion = 'v1';
  pod.kind = 'Pod';
  pod.metadata.name = `${prefix}-${object.metadata.name}`;
  pod.spec.restartPolicy = 'Never';
  for (const volume of pod.spec.volumes ?? []) {
    if (!volume.secret) continue;
    volume.configMap = {name: volume.secret.secretName};
    delete volume.secret;
  }
  for (const container of pod.spec.containers) {
    container.image = `localhost/${container.image}:latest`;
    const values = valuesOf(container);
    container.args = container.args.map(word => word.replace(/^--host=server$/, `--host=${prefix}-server`)
        .replace(/\$\((\w+)\)/g, (_, variable) => values[variable]));
    for (const field of ['ports', 'startupProbe', 'readinessProbe', 'livenessProbe']) delete container[field];
  }
  return pod;
});
process.stdout.write([...maps, ...pods].map(object => stringify(object)).join('---\n'));
