// SPDX-License-Identifier: LGPL-2.1-or-later
// node manifests_test.mjs DIRECTORY DOCKERFILE: checks the rendered manifests DIRECTORY/*.yaml.
import {execFileSync} from 'node:child_process';
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {parseAllDocuments} from 'yaml';

const [directory, dockerfile] = process.argv.slice(2);
let passed = 0;
let failed = 0;
function expect(name, faults) {
  if (faults.length === 0) {
    ++passed;
    console.log(`ok      ${name}`);
  } else {
    ++failed;
    console.log(`FAILED  ${name}\n${faults.map(fault => `        ${fault}`).join('\n')}`);
  }
}

const rendered = {};
for (const file of readdirSync(directory).filter(name => name.endsWith('.yaml'))) {
  rendered[file] = parseAllDocuments(readFileSync(`${directory}/${file}`, 'utf8'))
      .map(document => document.toJS()).filter(Boolean);
}
const nameOf = object => `${object.kind}/${object.metadata?.name}`;
const podOf = object => object.spec?.template?.spec;
const help = program => readFileSync(`${directory}/${program}.help`, 'utf8');

// What the API server would refuse: a value of the wrong kind, a missing field.
async function schemaFaults(objects) {
  const faults = [];
  for (const object of objects) {
    const module = await import(`kubernetes-models/${object.apiVersion}/${object.kind}`);
    try {
      new module[object.kind](object).validate();
    } catch (error) {
      faults.push(`${nameOf(object)}: ${error.message}`);
    }
  }
  return faults;
}

// What it would drop silently: a field that does not exist. The compiler knows them all.
function fieldFaults(file, objects) {
  const modules = object => {
    const [group, version] = object.apiVersion.includes('/') ? object.apiVersion.split('/') : ['core', object.apiVersion];
    return `kubernetes-types/${group.split('.')[0]}/${version}`;
  };
  const source = objects.map((object, index) =>
      `export const o${index}: import("${modules(object)}").${object.kind} = ${JSON.stringify(object, null, 1)};`);
  const path = `${directory}/${file}.ts`;
  writeFileSync(path, source.join('\n'));
  try {
    execFileSync('node_modules/.bin/tsc', ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', path]);
    return [];
  } catch (error) {
    return String(error.stdout).trim().split('\n');
  }
}

// https://kubernetes.io/docs/concepts/security/pod-security-standards/ "Restricted".
function securityFaults(object) {
  const pod = podOf(object);
  const faults = [];
  const need = (holds, what) => holds || faults.push(`${nameOf(object)}: ${what}`);
  need(!pod.hostNetwork && !pod.hostPID && !pod.hostIPC, 'shares a namespace with the host');
  need(pod.securityContext?.runAsNonRoot === true, 'runAsNonRoot is not set');
  need(pod.securityContext?.seccompProfile?.type === 'RuntimeDefault', 'no seccomp profile');
  need(pod.automountServiceAccountToken === false, 'has a token of the API server');
  for (const volume of pod.volumes ?? []) {
    need(['configMap', 'emptyDir', 'secret'].some(kind => kind in volume), `volume ${volume.name} is not allowed`);
  }
  for (const container of pod.containers) {
    const context = container.securityContext ?? {};
    need(context.allowPrivilegeEscalation === false, 'may escalate privileges');
    need(context.readOnlyRootFilesystem === true, 'root file system is writable');
    need(context.capabilities?.drop?.includes('ALL') && !context.capabilities.add, 'keeps capabilities');
    need(container.resources?.requests?.cpu && container.resources?.limits?.memory, 'has no resources');
    need(!container.ports?.some(port => port.hostPort), 'takes a port of the host');
  }
  return faults;
}

// Each option that a container gives its program, and each check, is one that the program has.
function optionFaults(object) {
  const faults = [];
  for (const container of podOf(object).containers) {
    const program = {'gst-ball-server': 'server', 'gst-ball-client': 'client'}[container.image];
    if (!program) continue;
    const probes = ['startupProbe', 'readinessProbe', 'livenessProbe'].map(probe => container[probe]?.exec?.command ?? []);
    for (const command of probes.filter(command => command.length > 0)) {
      if (command[0] !== `${program}-app`) faults.push(`${nameOf(object)}: probes with ${command[0]}`);
    }
    for (const word of [...container.args, ...probes.flatMap(command => command.slice(1))]) {
      const option = word.split('=')[0];
      if (!help(program).includes(`${option}=`) && !help(program).includes(`${option} `)) {
        faults.push(`${nameOf(object)}: ${program}-app has no option ${option}`);
      }
    }
  }
  return faults;
}

// Variables, ConfigMaps and volumes that are used exist; Secrets are made by minikube.sh.
function referenceFaults(object, objects) {
  const faults = [];
  const pod = podOf(object);
  const maps = new Map(objects.filter(other => other.kind === 'ConfigMap').map(map => [map.metadata.name, map]));
  const volumes = new Set((pod.volumes ?? []).map(volume => volume.name));
  const wanted = (pod.volumes ?? []).map(volume => volume.configMap?.name);
  for (const container of pod.containers) {
    const known = new Set((container.env ?? []).map(variable => variable.name));
    wanted.push(...(container.env ?? []).map(variable => variable.valueFrom?.configMapKeyRef?.name));
    for (const from of container.envFrom ?? []) {
      wanted.push(from.configMapRef?.name);
      Object.keys(maps.get(from.configMapRef?.name)?.data ?? {}).forEach(key => known.add(key));
    }
    for (const mount of container.volumeMounts ?? []) {
      if (!volumes.has(mount.name)) faults.push(`${nameOf(object)}: no volume ${mount.name}`);
    }
    for (const word of container.args ?? []) {
      for (const [, variable] of word.matchAll(/\$\((\w+)\)/g)) {
        if (!known.has(variable)) faults.push(`${nameOf(object)}: no variable ${variable}`);
      }
    }
  }
  wanted.filter(name => name && !maps.has(name)).forEach(name => faults.push(`${nameOf(object)}: no ConfigMap ${name}`));
  return faults;
}

// A Service, a budget or a policy that selects nothing is one that does nothing.
function selectorFaults(objects) {
  const pods = objects.filter(podOf).map(object => object.spec.template.metadata.labels);
  const scored = {'app.kubernetes.io/name': 'score', 'app.kubernetes.io/part-of': 'gst-ball'};
  const matches = labels => [...pods, scored].some(pod => Object.entries(labels).every(([key, value]) => pod[key] === value));
  const faults = [];
  for (const object of objects) {
    const labels = object.kind === 'Service' ? object.spec.selector :
        object.spec?.podSelector?.matchLabels ?? object.spec?.selector?.matchLabels;
    if (labels && !matches(labels)) faults.push(`${nameOf(object)} selects no pod`);
  }
  return faults;
}

const targets = [...readFileSync(dockerfile, 'utf8').matchAll(/^FROM .* AS (\w+)$/gm)].map(match => `gst-ball-${match[1]}`);
for (const [file, objects] of Object.entries(rendered)) {
  const workloads = objects.filter(podOf);
  expect(`${file}: the API takes it`, await schemaFaults(objects));
  expect(`${file}: has no field that the API does not know`, fieldFaults(file, objects));
  expect(`${file}: meets pod security level restricted`, workloads.flatMap(securityFaults));
  expect(`${file}: gives options that the programs have`, workloads.flatMap(optionFaults));
  expect(`${file}: uses what there is`, workloads.flatMap(object => referenceFaults(object, objects)));
  expect(`${file}: each selector selects`, selectorFaults(objects));
  expect(`${file}: images are those of the Dockerfile`, workloads.flatMap(object => podOf(object).containers)
      .filter(container => !targets.includes(container.image)).map(container => `no target for ${container.image}`));
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
