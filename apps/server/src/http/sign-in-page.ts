import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { consoleHeaders, STRICT_TRANSPORT } from './security-headers.ts';

/** Why nobody is signed in, in words for the person who tried. */
export interface SignInProblem {
  status: number;
  title: string;
  message: string;
  /** Where to begin again. */
  again: string;
}

const MEANT: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string) => text.replaceAll(/[&<>"']/g, (character) => MEANT[character] ?? '');

/** Refusals end without a full stop. */
const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);

/** The console's colours; it may not be served here, and its files have other names with each build. */
const STYLE = `
:root { color-scheme: light dark; }
body { margin: 0; background: light-dark(oklch(0.975 0.003 80), oklch(0.175 0.004 80));
  color: light-dark(oklch(0.23 0.008 80), oklch(0.93 0.005 80));
  font: 13px/1.6 'Inter Variable', Inter, system-ui, sans-serif; }
main { min-height: 100dvh; display: grid; place-items: center; padding: 48px 16px; box-sizing: border-box; }
div { width: 100%; max-width: 360px; }
svg { width: 28px; height: 28px; margin-bottom: 20px; fill: none; stroke-width: 4.5; stroke-linecap: round; }
.mark { stroke: light-dark(oklch(0.52 0.1 200), oklch(0.75 0.1 195)); }
.tip { stroke: currentcolor; }
h1 { font-size: 22px; line-height: 1.25; font-weight: 400; margin: 0 0 8px; }
p { margin: 0 0 20px; color: light-dark(oklch(0.41 0.01 80), oklch(0.78 0.008 80)); overflow-wrap: anywhere; }
a { color: light-dark(oklch(0.45 0.09 200), oklch(0.82 0.09 195)); margin-right: 16px; }
a.first { display: inline-block; padding: 3px 10px; border-radius: 6px; text-decoration: none;
  background: light-dark(oklch(0.52 0.1 200), oklch(0.75 0.1 195));
  color: light-dark(oklch(0.99 0.003 200), oklch(0.19 0.02 195)); }
a:focus-visible { outline: 2px solid currentcolor; outline-offset: 2px; }
`;

function pageOf({ title, message, again }: SignInProblem, nonce: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} · Baton</title>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body>
<main><div>
<svg viewBox="0 0 24 24" aria-hidden="true"><path class="mark" d="M5 19 19 5"/><path class="tip" d="M5 19l5-5"/></svg>
<h1>${escaped(title)}</h1>
<p role="alert">${escaped(message)}</p>
<a class="first" href="${escaped(again)}">Try again</a>
<a href="/">Use a sign-in link</a>
</div></main>
</body>
</html>
`;
}

/** Answers with a page that says why nobody is signed in. */
export function sendSignInProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  problem: SignInProblem,
): FastifyReply {
  const nonce = randomBytes(16).toString('base64');
  if (request.protocol === 'https') reply.headers(STRICT_TRANSPORT);
  return reply
    .code(problem.status)
    .headers(consoleHeaders(nonce))
    .type('text/html; charset=utf-8')
    .send(pageOf({ ...problem, message: sentence(problem.message) }, nonce));
}
