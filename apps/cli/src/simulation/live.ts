import { type Baton, batonError, createFollowUpWorker } from '@baton/client';
import type { ConversationId } from '@baton/schema';
import { checkConversation, waitForFollowUps } from './live-check.ts';
import { TEAM, WORKER, type LiveOptions, type LiveReport, registerTeam, LiveTeam } from './live-team.ts';

/**
 * Runs scripted agents and customers against the API, with takeovers by a person at random, and checks at the end
 * that only owners spoke, that no work is left, and that each conversation is the fold of its timeline.
 */
export async function simulateLive(baton: Baton, options: LiveOptions): Promise<LiveReport> {
  await registerTeam(baton);
  const team = new LiveTeam(baton, options);
  const conversations: ConversationId[] = [];
  for (let index = 0; index < options.conversations; index += 1) {
    const { id } = await baton.api.conversations.create.mutate({
      contactId: `live-${crypto.randomUUID()}`,
      channel: 'web',
      agentId: TEAM[index % TEAM.length],
      tags: ['live'],
      initialMessage: { text: 'Hello, I have a few questions.' },
    });
    conversations.push(id);
  }
  const ownIds = new Set<string>(conversations);
  const worker = createFollowUpWorker(baton, {
    assignee: WORKER,
    pollMs: 100,
    async handle({ conversationId }) {
      if (ownIds.has(conversationId)) team.report.followUpsDone += 1;
      return 'Written';
    },
    onError: (error) =>
      team.report.findings.push(`The follow-up worker: ${batonError(error)?.code ?? String(error)}`),
  });
  const [first, ...others] = conversations;
  if (first === undefined) return team.report;
  const untilMs = Date.now() + options.durationMs;
  await Promise.all([
    team.runHuman([first, ...others], untilMs),
    ...conversations.flatMap((id) => [
      team.runCustomer(id, untilMs),
      ...TEAM.map((agentId) => team.runAgent(id, agentId, untilMs)),
    ]),
  ]);
  await waitForFollowUps(baton, conversations);
  await worker.stop();
  for (const id of conversations) team.report.findings.push(...(await checkConversation(baton, id)));
  return team.report;
}

export function liveReportLines(report: LiveReport): string[] {
  const { conversations, messages, takeovers, handoffs, refusedReplies, followUpsDone, findings } = report;
  return [
    `${conversations} conversations, ${messages} messages, ${handoffs} handoffs, ${takeovers} takeovers, ${followUpsDone} follow-ups done.`,
    `${refusedReplies} replies came too late and were refused.`,
    ...(findings.length === 0
      ? [
          'Checked: nobody spoke out of turn, no work is left, every conversation is the fold of its timeline.',
        ]
      : findings.map((finding) => `Found: ${finding}`)),
  ];
}
