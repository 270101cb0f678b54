import { cleanup, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { renderConsole } from '../../test/render-console.tsx';

afterEach(cleanup);

test('an unknown address is a page with a way back', async () => {
  renderConsole('/inbx', {});
  expect(await screen.findByText('There is no such page.')).toBeDefined();
  expect(screen.getByRole('link', { name: 'Back to the inbox' }).getAttribute('href')).toBe('/inbox');
});
