import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { ContactName } from './contact-name.tsx';

afterEach(cleanup);

test('a contact is called by name, and by its id, in a quieter weight, where none is known', () => {
  render(<ContactName of={{ contactId: '+49151', contact: { id: '+49151', name: 'Mira Holt' } }} />);
  render(<ContactName of={{ contactId: '+49152', contact: { id: '+49152', name: null } }} />);
  render(<ContactName of={{ contactId: '+49153', contact: null }} />);
  expect(screen.getByText('Mira Holt').className).toContain('font-semibold');
  expect(screen.getByText('+49152').className).toContain('font-normal');
  expect(screen.getByText('+49153').className).toContain('font-normal');
  expect(screen.queryByText('+49151')).toBeNull();
});
