import { FILE_NAME_LENGTH, isBlank } from '@baton/schema';

/** Controls, marks of direction, and characters that nobody sees. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/gu;
/** What some system takes for a folder, a pattern or a drive. */
const SPECIAL = /[<>:"|?*]/g;
/** Longest ending that is kept where a name is cut, with its dot. */
const ENDING = /\.[a-z0-9]{1,15}$/i;
const UNNAMED = 'file';

/** A name as it may be shown and saved anywhere: without folders, controls and marks of direction, and not too long. */
export function cleanFileName(name: string): string {
  const [last = ''] = name.split(/[/\\]/).slice(-1);
  const clean = trimmed(last.normalize('NFC').replace(UNSEEN, '').replace(SPECIAL, '_'));
  if (isBlank(clean)) return UNNAMED;
  // As MongoDB's validator counts them.
  const characters = Array.from(clean);
  if (characters.length <= FILE_NAME_LENGTH) return clean;
  const ending = ENDING.exec(clean)?.[0] ?? '';
  return trimmed(characters.slice(0, FILE_NAME_LENGTH - ending.length).join('')) + ending;
}

/** Windows leaves out dots and blanks at the end, and a dot at the start hides a file elsewhere. */
function trimmed(name: string): string {
  return name.replace(/^[\s.]+|[\s.]+$/g, '');
}
