import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { ANA, sessionOf } from '../../test/render-console.tsx';
import { SessionContext } from '../session/session-context.ts';
import { ContactActions } from './contact-actions.tsx';

afterEach(cleanup);

const ADMIN = ['privacy.exportContact', 'privacy.eraseContact', 'privacy.preview'];

it.each([
  ['a manager', [], []],
  ['an importer', ['privacy.exportContact'], ['Export']],
  ['who could not see what is erased', ['privacy.eraseContact'], []],
  ['an admin', ADMIN, ['Export', 'Erase']],
])('%s is offered what the role may do', (_who, may, offered) => {
  render(
    <SessionContext value={{ ...sessionOf('manager'), agent: ANA, may }}>
      <ContactActions onExport={() => undefined} onErase={() => undefined} />
    </SessionContext>,
  );
  expect(screen.queryAllByRole('button').map(({ textContent }) => textContent)).toEqual(offered);
});
