// @vitest-environment node
import { testDatabase } from '@baton/testing';
import { describe, expect, inject, test } from 'vitest';
import { CLIENT_ID, CLIENT_SECRET, startTestIssuer } from '../../server/test/test-issuer.ts';
import { launch } from './browser.ts';
import { CHROMIUM } from './chromium.ts';
import { startTestServer } from './test-server.ts';

const CLAIMS = { tenant: 'baton_tenant', role: 'baton_role', agent: 'baton_agent' };

describe.skipIf(CHROMIUM === undefined)('a person whose company signs them in, in a real browser', () => {
  test('is told what is wrong, and then comes back to the page that they asked for', async () => {
    await using open = new AsyncDisposableStack();
    const issuer = open.use(await startTestIssuer());
    const database = open.use(await testDatabase());
    const client = { id: CLIENT_ID, secret: CLIENT_SECRET, scope: 'openid' };
    const oidc = { issuer: issuer.url, client, claims: CLAIMS };
    const server = open.use(await startTestServer(database.uri, inject('consoleFolder'), { oidc }));
    await server.baton.api.agents.register.mutate({ id: 'ana', kind: 'human', name: 'Ana' });
    const browser = await launch(CHROMIUM ?? '');
    open.defer(() => browser.close());
    const page = await browser.newPage();
    const violations: string[] = [];
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) violations.push(message.text());
    });

    // The issuer is 127.0.0.1: for cookies it is another site.
    await page.goto(`${server.url.replace('127.0.0.1', 'localhost')}/settings?section=browsers`);
    issuer.signsIn({ baton_tenant: 'default', baton_role: 'agent', baton_agent: 'eve' });
    await page.getByRole('link', { name: 'Sign in with your company' }).click();
    await page.getByText('no such agent is registered').waitFor();
    issuer.signsIn({ baton_tenant: 'default', baton_role: 'agent', baton_agent: 'ana' });
    await page.getByRole('link', { name: 'Try again' }).click();
    await page.getByText('by your company as user-1').waitFor();
    expect(page.url()).toContain('/settings?section=browsers');
    const cookies = await page.context().cookies();
    expect(cookies).toMatchObject([{ name: 'baton_session', httpOnly: true, sameSite: 'Strict' }]);
    expect(violations).toEqual([]);
  });
});
