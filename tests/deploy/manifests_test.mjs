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

// A Service, a budget or a policy that selects nothing is one that does nothing. The score's Job is applied beside the others.
const kindOf = kind => object => object.kind === kind;
const scoreJob = rendered['score.yaml'].find(podOf);
const workloadsBeside = objects => [...new Set([...objects.filter(podOf), scoreJob])];
function selects(selector, labels) {
  const holds = {
    In: ({key, values}) => values.includes(labels[key]),
    NotIn: ({key, values}) => !values.includes(labels[key]),
    Exists: ({key}) => key in labels,
    DoesNotExist: ({key}) => !(key in labels),
  };
  return Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
      (selector.matchExpressions ?? []).every(expression => holds[expression.operator](expression));
}
const selected = (selector, objects) =>
    workloadsBeside(objects).filter(object => selects(selector, object.spec.template.metadata.labels));
const rulesOf = policy => [...(policy.spec.ingress ?? []), ...(policy.spec.egress ?? [])];
function selectorFaults(objects) {
  const faults = [];
  for (const object of objects) {
    const selectors = {
      Service: () => [{matchLabels: object.spec.selector}],
      NetworkPolicy: () => [object.spec.podSelector, ...rulesOf(object).flatMap(rule => [...(rule.from ?? []), ...(rule.to ?? [])])
          .filter(peer => !peer.namespaceSelector).map(peer => peer.podSelector).filter(Boolean)],
    }[object.kind]?.() ?? [object.spec?.selector].filter(Boolean);
    for (const selector of selectors) {
      if (selected(selector, objects).length === 0) faults.push(`${nameOf(object)}: ${JSON.stringify(selector)} selects no pod`);
      // An expression may name several: each of them is there.
      for (const {key, operator, values} of selector.matchExpressions ?? []) {
        for (const value of operator === 'In' ? values : []) {
          if (selected({matchLabels: {[key]: value}}, objects).length === 0) faults.push(`${nameOf(object)}: no pod is ${value}`);
        }
      }
    }
  }
  return faults;
}

// What a pod listens on, by its own arguments: [protocol, first, last].
function listeningPorts(workload) {
  const words = podOf(workload).containers.flatMap(container => container.args ?? []);
  const value = option => words.find(word => word.startsWith(`${option}=`))?.slice(option.length + 1);
  const one = (protocol, text) => text ? [[protocol, Number(text), Number(text)]] : [];
  const range = (first, last) => first ? [['UDP', Number(first), Number(last)]] : [];
  return {
    server: () => [...one('TCP', value('--port')), ...range(...(value('--ice-port-range') ?? '').split('-'))],
    client: () => range(...(value('--ice-port-range') ?? '').split('-')),
    turn: () => [...one('UDP', value('--listening-port')), ...one('TCP', value('--listening-port')),
                 ...range(value('--min-port'), value('--max-port'))],
  }[podOf(workload).containers[0].image.replace('gst-ball-', '')]();
}
const written = ([protocol, first, last]) => `${protocol} ${first}${last === first ? '' : `-${last}`}`;
const allowed = rules => rules.flatMap(rule => (rule.ports ?? [])
    .map(({protocol, port, endPort}) => ({rule, ports: written([protocol, port, endPort ?? port])})));
const admits = (peers, labels) => !peers || peers.some(peer =>
    !peer.namespaceSelector && !peer.ipBlock && selects(peer.podSelector, labels));
const policiesOf = (workload, objects) => objects.filter(kindOf('NetworkPolicy'))
    .filter(policy => selects(policy.spec.podSelector, workload.spec.template.metadata.labels));

// The policies open what the pods listen on, whole, and nothing else: towards them, and from those that send there.
function portFaults(objects) {
  const faults = [];
  const workloads = workloadsBeside(objects);
  for (const workload of objects.some(kindOf('NetworkPolicy')) ? workloads : []) {
    const own = listeningPorts(workload).map(written);
    const ingress = allowed(policiesOf(workload, objects).flatMap(policy => policy.spec.ingress ?? []));
    own.filter(ports => !ingress.some(one => one.ports === ports))
        .forEach(ports => faults.push(`${nameOf(workload)} listens on ${ports}, which no policy opens`));
    ingress.filter(one => !own.includes(one.ports))
        .forEach(one => faults.push(`${nameOf(workload)} does not listen on ${one.ports}, which a policy opens`));
    const egress = policiesOf(workload, objects).flatMap(policy => policy.spec.egress ?? [])
        .filter(rule => !rule.to?.some(peer => peer.namespaceSelector));
    for (const {rule, ports} of allowed(egress)) {
      const there = workloads.filter(other => admits(rule.to, other.spec.template.metadata.labels));
      if (!there.some(other => listeningPorts(other).map(written).includes(ports))) {
        faults.push(`${nameOf(workload)} may send to ${ports}, where nobody listens`);
      }
    }
    // Who may come in may also go out.
    for (const {rule, ports} of ingress.filter(one => one.rule.from)) {
      for (const other of workloads.filter(one => admits(rule.from, one.spec.template.metadata.labels))) {
        const ways = allowed(policiesOf(other, objects).flatMap(policy => policy.spec.egress ?? [])
            .filter(way => admits(way.to, workload.spec.template.metadata.labels)));
        if (!ways.some(way => way.ports === ports)) faults.push(`${nameOf(other)} may not send to ${nameOf(workload)}'s ${ports}`);
      }
    }
  }
  return faults;
}

// A Service leads to ports that its pods have, by number or by name, and on which they listen.
function targetFaults(objects) {
  const faults = [];
  for (const workload of objects.filter(podOf)) {
    const listens = listeningPorts(workload).map(written);
    for (const {name, containerPort, protocol} of podOf(workload).containers.flatMap(container => container.ports ?? [])) {
      const ports = written([protocol ?? 'TCP', containerPort, containerPort]);
      if (!listens.includes(ports)) faults.push(`${nameOf(workload)}: port ${name} is ${ports}, where it does not listen`);
    }
  }
  for (const service of objects.filter(kindOf('Service'))) {
    for (const workload of selected({matchLabels: service.spec.selector}, objects)) {
      const ports = podOf(workload).containers.flatMap(container => container.ports ?? []);
      for (const {targetPort, port, protocol} of service.spec.ports) {
        const target = targetPort ?? port;
        if (!ports.some(one => [one.name, one.containerPort].includes(target) && (one.protocol ?? 'TCP') === (protocol ?? 'TCP'))) {
          faults.push(`${nameOf(service)}: ${nameOf(workload)} has no ${protocol} port ${target}`);
        }
      }
    }
  }
  return faults;
}

// What is scaled is there, and leaves its number of pods to what scales it.
function scalingFaults(objects) {
  const faults = [];
  for (const scaler of objects.filter(kindOf('HorizontalPodAutoscaler'))) {
    const {apiVersion, kind, name} = scaler.spec.scaleTargetRef;
    const target = objects.find(one => one.apiVersion === apiVersion && nameOf(one) === `${kind}/${name}`);
    if (!target) faults.push(`${nameOf(scaler)} scales ${kind}/${name}, which is not there`);
    if (target?.spec.replicas !== undefined) faults.push(`${nameOf(target)} has replicas, which are ${nameOf(scaler)}'s`);
  }
  return faults;
}

// A Service `server` would make SERVER_PORT=tcp://..., which is a variable of the images.
const linkFaults = object => podOf(object).enableServiceLinks === false ? [] :
    [`${nameOf(object)} has the variables of Services: enableServiceLinks is not false`];

const targets = [...readFileSync(dockerfile, 'utf8').matchAll(/^FROM .* AS (\w+)$/gm)].map(match => `gst-ball-${match[1]}`);
for (const [file, objects] of Object.entries(rendered)) {
  const workloads = objects.filter(podOf);
  expect(`${file}: the API takes it`, await schemaFaults(objects));
  expect(`${file}: has no field that the API does not know`, fieldFaults(file, objects));
  expect(`${file}: meets pod security level restricted`, workloads.flatMap(securityFaults));
  expect(`${file}: gives options that the programs have`, workloads.flatMap(optionFaults));
  expect(`${file}: uses what there is`, workloads.flatMap(object => referenceFaults(object, objects)));
  expect(`${file}: has variables of its own only`, workloads.flatMap(linkFaults));
  expect(`${file}: each selector selects`, selectorFaults(objects));
  expect(`${file}: policies open the ports that the pods listen on`, portFaults(objects));
  expect(`${file}: Services lead to ports of their pods`, targetFaults(objects));
  expect(`${file}: what scales is there`, scalingFaults(objects));
  expect(`${file}: images are those of the Dockerfile`, workloads.flatMap(object => podOf(object).containers)
      .filter(container => !targets.includes(container.image)).map(container => `no target for ${container.image}`));
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
