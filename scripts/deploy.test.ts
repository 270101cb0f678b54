import { existsSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { mkdtempDisposable, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { lastOf, readDockerfile } from './dockerfile.ts';
import { ROOT } from './project.ts';

const read = (path: string) => readFile(join(ROOT, path), 'utf8');

describe('the image', async () => {
  const stages = readDockerfile(await read('Dockerfile'));
  const runtime = stages.at(-1);
  if (runtime === undefined) throw new Error('The Dockerfile has no stage');

  test('copies what exists, from the repository or from an earlier stage', () => {
    const names = stages.map(({ name }) => name);
    expect(names).toEqual(['console', 'production', 'runtime']);
    for (const [index, { instructions }] of stages.entries()) {
      for (const { flags, text } of instructions.filter(({ keyword }) => keyword === 'COPY')) {
        const sources = text.split(' ').slice(0, -1);
        if (flags['from'] === undefined)
          expect(sources.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
        else expect(names.slice(0, index)).toContain(flags['from']);
      }
    }
  });

  test('runs as nobody and without a shell, from what is there', () => {
    expect(lastOf(runtime, 'USER')?.text).toBe('65532:65532');
    for (const keyword of ['ENTRYPOINT', 'CMD', 'HEALTHCHECK'])
      expect(lastOf(runtime, keyword)?.words).toBeInstanceOf(Array);
    expect(runtime.instructions.some(({ keyword }) => keyword === 'RUN')).toBe(false);
    const [main = ''] = lastOf(runtime, 'CMD')?.words ?? [];
    expect(existsSync(join(ROOT, main.replace('/app/', '')))).toBe(true);
    const copied = runtime.instructions.filter(({ keyword }) => keyword === 'COPY').map(({ text }) => text);
    expect(copied).toContain('deploy/health-check.ts /app/health-check.ts');
    expect(lastOf(runtime, 'HEALTHCHECK')?.words).toContain('/app/health-check.ts');
  });

  test('is built by one version of pnpm, of those that package.json allows', async () => {
    const major = /^lockfileVersion: '?(\d+)/m.exec(await read('pnpm-lock.yaml'))?.[1];
    expect(major).toBe('9');
    const runs = stages.flatMap(({ instructions }) => instructions.map(({ text }) => text));
    const installs = new Set(runs.filter((text) => text.startsWith('npm install')));
    expect(installs.size).toBe(1);
    const { devEngines } = JSON.parse(await read('package.json'));
    const allowed = /^\^(\d+)\./.exec(devEngines.packageManager.version)?.[1];
    expect([...installs][0]).toMatch(new RegExp(`pnpm@${allowed}\\.\\d+\\.\\d+$`));
  });
});

type Service = {
  image?: string;
  user?: string;
  read_only?: boolean;
  cap_drop?: string[];
  secrets?: string[];
  environment?: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
};

/** Where a proxy in front of the server is: none of them has an address that strangers come from. */
const PRIVATE_NETWORKS = 'uniquelocal,linklocal,loopback';

describe('compose.yaml', async () => {
  const compose: { services: Record<string, Service>; secrets: Record<string, { file: string }> } = parse(
    await read('compose.yaml'),
    { merge: true },
  );
  const { services, secrets } = compose;

  test('migrates before the API starts, each as a user of its own', () => {
    expect(services['api']?.depends_on).toEqual({
      migrate: { condition: 'service_completed_successfully' },
    });
    expect(services['migrate']?.depends_on).toEqual({
      'mongodb-setup': { condition: 'service_completed_successfully' },
    });
    expect(services['api']?.environment?.['MONGODB_URI_FILE']).toBe('/run/secrets/baton_uri');
    expect(services['migrate']?.environment?.['MONGODB_URI_FILE']).toBe('/run/secrets/baton_migrate_uri');
  });

  test('trusts a proxy of a private network, so that cookies are Secure behind TLS', () => {
    expect(services['api']?.environment?.['BATON_TRUST_PROXY']).toBe(PRIVATE_NETWORKS);
  });

  test('runs ours as nobody on a root that is read only, without capabilities', () => {
    for (const name of ['migrate', 'api'])
      expect(services[name]).toMatchObject({
        image: 'baton',
        user: '65532:65532',
        read_only: true,
        cap_drop: ['ALL'],
      });
  });

  test('has no password, and each secret that a service names, which make-secrets.ts writes', async () => {
    const named = new Set(Object.values(services).flatMap((service) => service.secrets ?? []));
    expect([...named].toSorted()).toEqual(Object.keys(secrets).toSorted());
    await using folder = await mkdtempDisposable(join(tmpdir(), 'baton-secrets-'));
    const write = () =>
      promisify(execFile)(process.execPath, [join(ROOT, 'deploy/make-secrets.ts'), folder.path]);
    const written = async () => {
      await write();
      const names = (await readdir(folder.path)).toSorted();
      return Promise.all(names.map(async (name) => [name, await readFile(join(folder.path, name), 'utf8')]));
    };
    const first = await written();
    expect(first.map(([name]) => name)).toEqual(Object.keys(secrets).toSorted());
    // Those that are there stay.
    expect(await written()).toEqual(first);
    const { baton_uri: uri = '', baton_password: password = '' } = Object.fromEntries(first);
    expect(uri).toContain(`:${password}@`);
    expect(await read('.gitignore')).toContain('/secrets/');
  });
});

type Manifest = {
  kind: string;
  metadata: { name?: string; generateName?: string };
  spec?: {
    replicas?: number;
    minAvailable?: number;
    template?: { spec: PodSpec };
  };
};
type Container = {
  env: { name: string; value: string }[];
  securityContext: object;
  readinessProbe?: { httpGet: { path: string } };
  livenessProbe?: { httpGet: { path: string } };
};
type PodSpec = {
  enableServiceLinks: boolean;
  terminationGracePeriodSeconds?: number;
  securityContext: object;
  containers: Container[];
};

describe('the Kubernetes manifests', async () => {
  const folder = 'deploy/kubernetes';
  const manifests: Manifest[] = [];
  for (const name of await readdir(join(ROOT, folder))) {
    for (const document of parseAllDocuments(await read(`${folder}/${name}`))) {
      expect(document.errors).toEqual([]);
      manifests.push(document.toJS());
    }
  }
  const of = (kind: string) => manifests.find((manifest) => manifest.kind === kind);
  const pods = ['Deployment', 'Job'].flatMap((kind) => of(kind)?.spec?.template?.spec ?? []);

  test('run two replicas, of which one is always there', () => {
    expect(of('Deployment')?.spec?.replicas).toBe(2);
    expect(of('PodDisruptionBudget')?.spec?.minAvailable).toBe(1);
  });

  test('run everything as nobody, with a root that is read only and secrets from files', async () => {
    expect(pods).toHaveLength(2);
    for (const { enableServiceLinks, securityContext, containers } of pods) {
      // The service would set BATON_PORT to an address.
      expect(enableServiceLinks).toBe(false);
      expect(securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 65_532 });
      for (const container of containers) {
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(container.env.map(({ name }) => name)).toContain('MONGODB_URI_FILE');
        expect(container.env.filter(({ name }) => name === 'MONGODB_URI')).toEqual([]);
      }
    }
  });

  test('trust a proxy of a private network, so that cookies are Secure behind TLS', () => {
    const [container] = pods[0]?.containers ?? [];
    expect(container?.env).toContainEqual({ name: 'BATON_TRUST_PROXY', value: PRIVATE_NETWORKS });
  });

  test('ask whether a process is ready and well, and give it time to stop', () => {
    const [pod] = pods;
    const [container] = pod?.containers ?? [];
    expect(container?.readinessProbe?.httpGet.path).toBe('/readyz');
    expect(container?.livenessProbe?.httpGet.path).toBe('/healthz');
    const delayMs = Number(container?.env.find(({ name }) => name === 'BATON_STOP_DELAY_MS')?.value);
    expect((pod?.terminationGracePeriodSeconds ?? 0) * 1_000).toBeGreaterThan(delayMs + 15_000);
  });

  test('set only what Baton reads', async () => {
    const page = await read('docs/operations.md');
    const env = pods.flatMap(({ containers }) => containers.flatMap((container) => container.env));
    for (const { name } of env) expect(page).toContain(`\`${name}\``);
  });
});
