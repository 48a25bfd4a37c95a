// SPDX-License-Identifier: LGPL-2.1-or-later
// node pods.mjs RENDERED TOKEN WORKLOAD POD [ADDRESS...]: one pod of that workload of the rendered manifests, as `podman kube play`
// can run it, on stdout, with the ConfigMaps. It knows neither Services nor usable Secrets: the name `server` has the
// addresses of the servers' pods, and the token, which is the TURN server's password as well, is in ConfigMaps, at the same
// path. Volumes are podman's own
// and stay, so they are named by the pod. Variables in arguments are replaced, which podman does only for plain values.
// Ports go, or it would publish them on the host; probes as well: without systemd nothing would run them.
import {readFileSync} from 'node:fs';
import {parseAllDocuments, stringify} from 'yaml';

const [rendered, token, workload, podName, ...addresses] = process.argv.slice(2);
const objects = parseAllDocuments(readFileSync(rendered, 'utf8')).map(document => document.toJS());
const maps = objects.filter(object => object.kind === 'ConfigMap');
maps.push({apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'gst-ball-token'}, data: {token}});
maps.push({apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'gst-ball-turn'}, data: {user: 'ball', password: token}});
const dataOf = name => maps.find(map => map.metadata.name === name)?.data ?? {};
const refOf = from => from.configMapKeyRef ?? from.secretKeyRef;
const valuesOf = container => Object.assign(
    {}, ...(container.envFrom ?? []).map(from => dataOf(from.configMapRef.name)),
    ...(container.env ?? []).map(({name, value, valueFrom}) =>
        ({[name]: value ?? dataOf(refOf(valueFrom).name)[refOf(valueFrom).key]})));
const own = name => `${podName}-${name}`;

const pod = objects.find(object => object.spec?.template?.spec && object.metadata.name === workload).spec.template;
pod.apiVersion = 'v1';
pod.kind = 'Pod';
pod.metadata.name = podName;
pod.spec.restartPolicy = 'Never';
pod.spec.hostAliases = addresses.map(ip => ({ip, hostnames: ['server']}));
for (const container of pod.spec.containers) {
  container.image = `localhost/${container.image}:latest`;
  const values = valuesOf(container);
  container.args = container.args.map(word => word.replace(/\$\((\w+)\)/g, (_, variable) => values[variable]));
  for (const field of ['ports', 'startupProbe', 'readinessProbe', 'livenessProbe']) delete container[field];
  for (const mount of container.volumeMounts) mount.name = own(mount.name);
  for (const from of container.envFrom ?? []) from.configMapRef.name = own(from.configMapRef.name);
  for (const {valueFrom} of container.env ?? []) {
    if (!valueFrom) continue;
    valueFrom.configMapKeyRef = {...refOf(valueFrom), name: own(refOf(valueFrom).name)};
    delete valueFrom.secretKeyRef;
  }
}
for (const volume of pod.spec.volumes) {
  volume.name = own(volume.name);
  if (volume.secret) volume.configMap = {name: volume.secret.secretName};
  delete volume.secret;
  if (volume.configMap) volume.configMap.name = own(volume.configMap.name);
}
for (const map of maps) map.metadata.name = own(map.metadata.name);
process.stdout.write([...maps, pod].map(object => stringify(object)).join('---\n'));
