import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet, { type HelmetOptions } from 'helmet';

type HeaderValues = Readonly<Record<string, string>>;

/** What helmet sets. It is the same for every request, so helmet is asked once, and those past Fastify have it too. */
function headersOf(options: HelmetOptions): HeaderValues {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  helmet(options)(request, response, (error) => {
    if (error !== undefined) throw error;
  });
  return Object.fromEntries(
    Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]),
  );
}

/** An answer of the API is data: no browser may run it, guess at its type, frame it or keep it. */
export const API_HEADERS: HeaderValues = {
  ...headersOf({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    referrerPolicy: false,
    // The console's page says it for its host.
    strictTransportSecurity: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    // `frame-ancestors` says it.
    xFrameOptions: false,
    xPermittedCrossDomainPolicies: false,
    xPoweredBy: false,
    xXssProtection: false,
  }),
  'cache-control': 'no-store',
};

const NONCE = '{nonce}';

const CONSOLE_HEADERS: HeaderValues = {
  ...headersOf({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        // Dialogs add a style element, with the nonce, to stop the page from scrolling.
        styleSrc: ["'self'", `'nonce-${NONCE}'`],
        fontSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: false,
    xFrameOptions: { action: 'deny' },
  }),
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

/** For the console's page and files. @param nonce which style elements of the page carry; new for each page */
export function consoleHeaders(nonce: string): HeaderValues {
  const policy = CONSOLE_HEADERS['content-security-policy'] ?? '';
  return { ...CONSOLE_HEADERS, 'content-security-policy': policy.replace(NONCE, nonce) };
}

const YEAR_S = 31_536_000;

/** For the console's page where the browser came by HTTPS; RFC 6797 forbids it elsewhere. */
export const STRICT_TRANSPORT: HeaderValues = { 'strict-transport-security': `max-age=${YEAR_S}` };
