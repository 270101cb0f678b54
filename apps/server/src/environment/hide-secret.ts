import { redactConnectionString } from 'mongodb-connection-string-url';

export const HIDDEN = '[hidden]';

/** A secret as people may see it: of a connection string only users and passwords are hidden, of any other all. */
export function hideSecret(value: string): string {
  if (!/^mongodb(?:\+srv)?:\/\//.test(value)) return HIDDEN;
  return redactConnectionString(value, { replacementString: 'hidden' });
}
