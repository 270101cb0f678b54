import type { ConversationMetrics, Objection } from '@baton/schema';
import { formatCount, objectionLabels } from '../../format/labels.ts';

/** What it looks at of a conversation. */
type Progress = {
  objections: readonly Pick<Objection, 'type'>[];
  metrics: Pick<ConversationMetrics, 'waitingSince'>;
};

/** What speaks against closing as won now, though nothing forbids it; one sentence each. */
export function winWarnings({ objections, metrics }: Progress): string[] {
  const types = [...new Set(objections.map(({ type }) => objectionLabels[type].toLowerCase()))];
  return [
    ...(objections.length === 0
      ? []
      : [
          `${formatCount(objections.length, 'objection')} ${objections.length === 1 ? 'is' : 'are'} still open: ${types.join(', ')}.`,
        ]),
    ...(metrics.waitingSince === null ? [] : ['The customer’s last message has no answer yet.']),
  ];
}
