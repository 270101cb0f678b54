import type { FastifyReply } from 'fastify';

export const SESSION_COOKIE = 'baton_session';
const COOKIE = { path: '/', httpOnly: true, sameSite: 'strict', secure: 'auto' } as const;

/** Gives the browser the cookie of its session. @param lastsMs how long it keeps it, in milliseconds */
export function setSessionCookie(reply: FastifyReply, secret: string, lastsMs: number): void {
  void reply.setCookie(SESSION_COOKIE, secret, { ...COOKIE, maxAge: Math.floor(lastsMs / 1_000) });
}

export function clearSessionCookie(reply: FastifyReply): void {
  void reply.clearCookie(SESSION_COOKIE, COOKIE);
}
