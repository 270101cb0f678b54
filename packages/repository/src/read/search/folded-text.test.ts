import { expect, test } from 'vitest';
import { foldText } from './folded-text.ts';

test.each([
  ['か\u3099き', 'がき', [0, 2]],
  ['カﾞキ', 'ガキ', [0, 2]],
  ['我\uFE00们', '我们', [0, 2]],
  ['辻\u{E0100}堂', '辻堂', [0, 3]],
  ['가\u11A8가', '각가', [0, 2]],
  ['我購가É', '我購가e', [0, 1, 2, 3]],
  ['ｶﾞ', 'ガ', [0]],
])('%j folds to %j, letters with what belongs to them', (text, folded, starts) => {
  expect(foldText(text)).toMatchObject({ text: folded, starts });
});
