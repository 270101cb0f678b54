import { access } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fastifyStatic } from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Style elements are allowed because dialogs add one to stop the page from scrolling. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

const PAGE = 'index.html';
const YEAR_S = 31_536_000;

/** Whether a browser navigates to a page, which the console's own router shows. `/` is one for any client. */
function isNavigation({ method, headers, url }: FastifyRequest): boolean {
  const path = url.split('?', 1)[0] ?? '';
  const isFile = /\.[a-z0-9]+$/i.test(path);
  const wantsPage = path === '/' || headers.accept?.includes('text/html') === true;
  return (method === 'GET' || method === 'HEAD') && wantsPage && !isFile && !path.startsWith('/trpc');
}

/**
 * Serves the built console at `/`: its files, compressed where a `.br` or `.gz` lies beside them, and its one
 * page for every address that a browser navigates to.
 * @param distFolder the absolute path of the built console
 * @returns false, and serves nothing, where it was not built
 */
export async function registerConsole(app: FastifyInstance, distFolder: string): Promise<boolean> {
  const isBuilt = await access(join(distFolder, PAGE)).then(
    () => true,
    () => false,
  );
  if (!isBuilt) return false;
  await app.register(fastifyStatic, {
    root: distFolder,
    index: false,
    cacheControl: false,
    preCompressed: true,
    setHeaders: (reply, path) => {
      const isHashed = path.includes(`${sep}assets${sep}`);
      void reply.headers({
        ...HEADERS,
        'cache-control': isHashed ? `public, max-age=${YEAR_S}, immutable` : 'no-cache',
      });
    },
  });
  app.addHook('onRequest', async (request, reply) =>
    isNavigation(request) ? reply.sendFile(PAGE) : undefined,
  );
  return true;
}
