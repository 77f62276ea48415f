import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadConfig } from '../../src/config/load-config.ts';
import { providers } from '../../src/providers/index.ts';

const linters = 'test/packaging/linters';

beforeAll(() => {
  execFileSync(process.execPath, ['scripts/install-if-stale.mjs', linters], { stdio: 'ignore' });
});

function lint(name: string, file: string) {
  const { status, stdout } = spawnSync(process.execPath, [`${linters}/node_modules/.bin/${name}`, file], {
    encoding: 'utf8',
  });
  return { status, complaints: status === 0 ? '' : stdout };
}

it.each([
  ['dockerfilelint', 'Dockerfile'],
  ['dclint', 'deploy/compose.yaml'],
])('%s finds nothing wrong with %s', (name, file) => {
  expect(lint(name, file)).toEqual({ status: 0, complaints: '' });
});

const manifest = z.looseObject({ apiVersion: z.string(), kind: z.string() });

interface Model {
  validate(): void;
}

/** A resource as the models of the Kubernetes API know it, which say what is missing or of a wrong type. */
function createModel(file: string): Model {
  const resource = manifest.parse(parse(readFileSync(file, 'utf8')));
  const require = createRequire(path.resolve(linters, 'package.json'));
  const { [resource.kind]: Kind } = z
    .record(
      z.string(),
      z.custom<new (resource: unknown) => Model>((value) => typeof value === 'function'),
    )
    .parse(require(`kubernetes-models/${resource.apiVersion}`));
  if (Kind === undefined) throw new TypeError(`${resource.apiVersion} has no ${resource.kind}`);
  return new Kind(resource);
}

describe('deploy/kubernetes', () => {
  const { resources } = z
    .looseObject({ resources: z.array(z.string()) })
    .parse(parse(readFileSync('deploy/kubernetes/kustomization.yaml', 'utf8')));

  it.each(resources)('%s is what Kubernetes takes', (file) => {
    expect(() => createModel(`deploy/kubernetes/${file}`).validate()).not.toThrow();
  });

  it('has a configuration that the product takes', () => {
    const { sources, server } = loadConfig('deploy/kubernetes/customer-graph.yaml', providers, {});
    expect(sources.map(({ name }) => name)).toEqual(['cro']);
    const { terminationGracePeriodSeconds: seconds } = z
      .object({
        spec: z.object({
          template: z.object({ spec: z.object({ terminationGracePeriodSeconds: z.number() }) }),
        }),
      })
      .parse(parse(readFileSync('deploy/kubernetes/deployment.yaml', 'utf8'))).spec.template.spec;
    expect(seconds * 1_000).toBeGreaterThan(server.drainMs + server.graceMs);
  });
});

it('systemd takes the unit', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'customer-graph-unit-'));
  try {
    const unit = readFileSync('deploy/customer-graph.service', 'utf8');
    expect(unit).toMatch(/^User=customer-graph$/m);
    expect(unit).toMatch(/^\[Install\]$/m);
    const file = path.join(folder, 'customer-graph.service');
    // Its programs have to be there.
    writeFileSync(file, unit.replace('/usr/bin/node', process.execPath));
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', file], {
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
