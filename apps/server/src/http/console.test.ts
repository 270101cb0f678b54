import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { fastify, type FastifyInstance } from 'fastify';
import { describe, expect, test } from 'vitest';
import { registerConsole } from './console.ts';

const AS_BROWSER = { accept: 'text/html,application/xhtml+xml' };

async function built(
  options: { trustProxy?: string[] } = {},
): Promise<{ app: FastifyInstance; folder: string; isServed: boolean } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'baton-console-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(
    join(folder, 'index.html'),
    '<!doctype html><meta nonce="__CSP_NONCE__"><title>Baton</title>',
  );
  await writeFile(join(folder, 'assets', 'index-abc123.js'), 'export {};');
  await writeFile(join(folder, 'assets', 'index-abc123.js.br'), brotliCompressSync('export {};'));
  const app = fastify(options);
  app.setNotFoundHandler((_request, reply) => void reply.status(404).send({ error: 'NOT_FOUND' }));
  const isServed = await registerConsole(app, folder);
  app.get('/trpc/:path', () => ({ result: 'an answer' }));
  return {
    app,
    folder,
    isServed,
    async [Symbol.asyncDispose]() {
      await app.close();
      await rm(folder, { recursive: true });
    },
  };
}

describe('the console on the server', () => {
  test.each(['/', '/inbox', '/inbox/65f0c0ffee0123456789abcd?at=12', '/?token=secret'])(
    'a browser that asks for %s gets the page',
    async (url) => {
      await using console = await built();
      const answer = await console.app.inject({ url, headers: AS_BROWSER });
      expect(answer.statusCode).toBe(200);
      expect(answer.body).toContain('<title>Baton</title>');
      expect(answer.headers['content-type']).toContain('text/html');
      expect(answer.headers['cache-control']).toBe('no-cache');
    },
  );

  test('who says nothing of what they take gets the first page too', async () => {
    await using console = await built();
    const answer = await console.app.inject({ url: '/', headers: { accept: '*/*' } });
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain('<title>Baton</title>');
  });

  test('the page allows no script inside it, no frame around it and no guess at a type', async () => {
    await using console = await built();
    const { headers } = await console.app.inject({ url: '/inbox', headers: AS_BROWSER });
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toMatch(/script-src 'self'(;|$)/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    });
  });

  test.each(['/inbox', '/index.html'])('%s has a nonce of its own for styles at each visit', async (url) => {
    await using console = await built();
    const visit = async () => {
      const { headers, body } = await console.app.inject({ url, headers: AS_BROWSER });
      const [, nonce = ''] =
        /style-src 'self' 'nonce-([^']+)'/.exec(String(headers['content-security-policy'])) ?? [];
      expect(body).toContain(`nonce="${nonce}"`);
      return nonce;
    };
    const nonces = [await visit(), await visit()];
    expect(Buffer.from(nonces[0] ?? '', 'base64')).toHaveLength(16);
    expect(nonces[0]).not.toBe(nonces[1]);
  });

  test('the page asks for HTTPS from now on where it came by it', async () => {
    await using console = await built({ trustProxy: ['loopback'] });
    const visit = async (protocol: string) => {
      const headers = { ...AS_BROWSER, 'x-forwarded-proto': protocol };
      return (await console.app.inject({ url: '/', headers })).headers['strict-transport-security'];
    };
    expect(await visit('https')).toBe('max-age=31536000');
    expect(await visit('http')).toBeUndefined();
  });

  test('a file with a hash in its name is kept for good', async () => {
    await using console = await built();
    const answer = await console.app.inject({ url: '/assets/index-abc123.js' });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['cache-control']).toContain('immutable');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
  });

  test('a file that was compressed beforehand is sent so to whoever can read it', async () => {
    await using console = await built();
    const url = '/assets/index-abc123.js';
    const compressed = await console.app.inject({ url, headers: { 'accept-encoding': 'gzip, br' } });
    expect(compressed.headers['content-encoding']).toBe('br');
    expect(compressed.headers['content-type']).toContain('javascript');
    expect((await console.app.inject({ url })).body).toBe('export {};');
  });

  test('a file that is not there is not found, even for a browser', async () => {
    await using console = await built();
    const answer = await console.app.inject({ url: '/assets/index-old.js', headers: AS_BROWSER });
    expect(answer.statusCode).toBe(404);
  });

  test('what is no page is answered as without a console', async () => {
    await using console = await built();
    expect((await console.app.inject({ url: '/nowhere' })).json()).toEqual({ error: 'NOT_FOUND' });
    expect((await console.app.inject({ url: '/trpc/admin.health', headers: AS_BROWSER })).json()).toEqual({
      result: 'an answer',
    });
    expect(
      (await console.app.inject({ method: 'POST', url: '/inbox', headers: AS_BROWSER })).statusCode,
    ).toBe(404);
  });

  test('nothing outside the folder is served', async () => {
    await using console = await built();
    const answer = await console.app.inject({ url: '/..%2f..%2fetc%2fpasswd' });
    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
  });

  test('a console that was not built is not served', async () => {
    const app = fastify();
    expect(await registerConsole(app, join(tmpdir(), 'no-such-console'))).toBe(false);
    expect((await app.inject({ url: '/', headers: AS_BROWSER })).statusCode).toBe(404);
  });
});
