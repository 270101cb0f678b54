import { z } from 'zod';
import type { ImportFault } from '../import-fault.ts';
import { parseJson } from '../parse-json.ts';
import { validationMessage } from '../validation-message.ts';

const Content = z
  .union([z.string(), z.null(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() }))])
  .optional()
  .transform((content) =>
    Array.isArray(content)
      ? content
          .map((part) => part.text ?? '')
          .filter(Boolean)
          .join('\n')
      : (content ?? ''),
  );

const ToolCall = z.looseObject({
  id: z.string(),
  function: z.looseObject({ name: z.string(), arguments: z.string() }),
});

const ChatMessage = z.discriminatedUnion('role', [
  z.looseObject({ role: z.literal('system'), content: Content }),
  z.looseObject({ role: z.literal('user'), content: Content }),
  z.looseObject({
    role: z.literal('assistant'),
    content: Content,
    tool_calls: z
      .array(ToolCall)
      .nullish()
      .transform((calls) => calls ?? []),
  }),
  z.looseObject({
    role: z.literal('tool'),
    content: Content,
    tool_call_id: z.string(),
    name: z.string().optional(),
  }),
]);

type ChatMessage = z.infer<typeof ChatMessage>;

const Run = z.looseObject({
  task_id: z.union([z.int(), z.string().min(1).max(80)]),
  trial: z.union([z.int(), z.string().min(1).max(80)]).default(0),
  reward: z.number(),
  traj: z.array(z.unknown()).min(1),
});

export type RunMessage = { index: number; message: ChatMessage };

export type ChatRun = {
  /** Its index in the array. */
  number: number;
  place: string;
  taskId: string;
  trial: string;
  reward: number;
  messages: RunMessage[];
};

/**
 * Reads an array of runs; each broken run or message is a fault with its place.
 * @throws Error where the file is no JSON array
 */
export function parseRuns(file: string, content: string): { runs: ChatRun[]; faults: ImportFault[] } {
  const parsed = parseJson(file, content);
  if (!Array.isArray(parsed)) throw new Error(`${file} is no array of runs`);
  const runs: ChatRun[] = [];
  const faults: ImportFault[] = [];
  const seen = new Set<string>();
  for (const [number, value] of parsed.entries()) {
    const place = `${file}:run ${number}`;
    const run = Run.safeParse(value);
    if (!run.success) {
      faults.push({ place, problem: validationMessage(run.error) });
      continue;
    }
    const { task_id: taskId, trial, reward, traj } = run.data;
    const name = `${taskId}-${trial}`;
    if (seen.has(name)) {
      faults.push({ place, problem: `A second run of task ${taskId}, trial ${trial}` });
      continue;
    }
    seen.add(name);
    const messages: RunMessage[] = [];
    for (const [index, raw] of traj.entries()) {
      const message = ChatMessage.safeParse(raw);
      if (message.success) messages.push({ index, message: message.data });
      else faults.push({ place: `${place}/message ${index}`, problem: validationMessage(message.error) });
    }
    runs.push({ number, place, taskId: String(taskId), trial: String(trial), reward, messages });
  }
  return { runs, faults };
}
