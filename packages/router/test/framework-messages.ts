import type { MessagePartInput, NewMessageInput } from '@baton/schema';

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
type Fields = { [key: string]: JsonValue };

const fields = (value: JsonValue | undefined): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
const list = (value: JsonValue | undefined): Fields[] => (Array.isArray(value) ? value.map(fields) : []);
const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');

const AUTHORS = {
  user: { kind: 'customer' },
  assistant: { kind: 'agent', agentId: 'supervisor' },
} as const;

/** A message of the AI SDK as an app would bring it in: what it says as parts, and all of it as it was given. */
export function fromUiMessage(given: JsonValue): Omit<NewMessageInput, 'clientMessageId'> {
  const message = fields(given);
  const parts = list(message['parts']).flatMap(fromUiPart);
  return {
    author: message['role'] === 'user' ? AUTHORS.user : AUTHORS.assistant,
    text: parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n'),
    parts,
    raw: { format: 'ai-sdk-ui', json: given },
  };
}

function fromUiPart(part: Fields): MessagePartInput[] {
  const type = text(part['type']);
  const callId = text(part['toolCallId']);
  const metadata = part['providerMetadata'] ?? part['callProviderMetadata'];
  const beside = metadata === undefined ? {} : { providerMetadata: metadata };
  if (type === 'text' || type === 'reasoning') return [{ type, text: text(part['text']), ...beside }];
  if (type === 'file') {
    const [url, name, mimeType] = [text(part['url']), text(part['filename']), text(part['mediaType'])];
    return [{ type: 'attachment', url, name, mimeType }];
  }
  if (type === 'source-url')
    return [
      { type: 'source', id: text(part['sourceId']), url: text(part['url']), title: text(part['title']) },
    ];
  if (type.startsWith('data-')) return [{ type: 'data', name: type.slice(5), json: part['data'] ?? null }];
  if (!type.startsWith('tool-')) return [];
  const { input = null, output, approval, errorText, state } = part;
  const call: MessagePartInput = {
    type: 'tool_call',
    callId,
    name: type.slice(5),
    arguments: input,
    state: text(state),
    ...(errorText !== undefined && { errorText: text(errorText) }),
    ...(approval !== undefined && { approval }),
    ...beside,
  };
  return output === undefined ? [call] : [call, { type: 'tool_result', callId, result: output }];
}

/** An item of OpenAI's Agents, each a message of its own. */
export function fromOpenAiItem(given: JsonValue): Omit<NewMessageInput, 'clientMessageId'> {
  const item = fields(given);
  const parts = openAiParts(item);
  return {
    author: item['role'] === 'user' ? AUTHORS.user : AUTHORS.assistant,
    visibility: item['role'] === undefined ? 'internal' : 'public',
    text: parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n'),
    parts,
    raw: { format: 'openai-agents', json: given },
  };
}

function openAiParts(item: Fields): MessagePartInput[] {
  const [callId, name] = [text(item['call_id'] ?? item['id']), text(item['name'])];
  switch (item['type']) {
    case 'reasoning': {
      const said = list(item['summary']).map((summary) => text(summary['text']));
      return [{ type: 'reasoning', text: said.join('\n'), signature: text(item['encrypted_content']) }];
    }
    case 'function_call':
    case 'hosted_tool_call': {
      const given = item['arguments'] ?? item['providerData'] ?? null;
      return [{ type: 'tool_call', callId, name, arguments: given, state: text(item['status']) }];
    }
    case 'function_call_result':
      return [{ type: 'tool_result', callId, name, result: item['output'] ?? null }];
    default:
      return list(item['content']).map((content): MessagePartInput => {
        if (content['image_url'] !== undefined)
          return { type: 'attachment', url: text(content['image_url']) };
        return { type: 'text', text: text(content['text'] ?? content['refusal']) };
      });
  }
}

/** Messages of the AI SDK of every kind of part. */
export const UI_MESSAGES: JsonValue[] = [
  {
    id: 'u1',
    role: 'user',
    parts: [
      { type: 'text', text: 'Which boat carries six people?' },
      {
        type: 'file',
        mediaType: 'image/png',
        filename: 'pier.png',
        url: `data:image/png;base64,${'iVBORw0KGgo'.repeat(20_000)}`,
      },
    ],
  },
  {
    id: 'a1',
    role: 'assistant',
    metadata: { model: 'm-1', totalTokens: 512 },
    parts: [
      { type: 'step-start' },
      {
        type: 'reasoning',
        text: 'Six seats, so the sloop.',
        state: 'done',
        providerMetadata: { p: { signature: 'c2ln' } },
      },
      {
        type: 'tool-quote',
        toolCallId: 't1',
        state: 'output-available',
        input: { seats: 6, 'a.b': 1, $where: 'x' },
        output: {
          cents: 20_500,
          lines: Array.from({ length: 500 }, (_, n) => `line ${n} of a long quote, in full`.repeat(3)),
        },
        callProviderMetadata: { p: { itemId: 'fc_9' } },
      },
      {
        type: 'tool-discount',
        toolCallId: 't2',
        state: 'approval-requested',
        input: { percent: 5 },
        approval: { id: 'ap7' },
      },
      { type: 'text', text: 'The sloop: $205 a day.', state: 'done' },
      { type: 'source-url', sourceId: 's1', url: 'https://boats.example/sloop', title: 'Sloop' },
      { type: 'data-chart', id: 'd1', data: { bars: [3, 1, 2] } },
    ],
  },
  {
    id: 'a2',
    role: 'assistant',
    parts: [
      {
        type: 'tool-lookup',
        toolCallId: 't3',
        state: 'output-error',
        input: { q: 'y' },
        errorText: 'The list did not answer',
      },
    ],
  },
  { id: 'a3', role: 'assistant', parts: [] },
];

/** Items of OpenAI's Agents of every kind. */
export const OPENAI_ITEMS: JsonValue[] = [
  {
    role: 'user',
    content: [
      { type: 'input_text', text: 'Is Sunday free?' },
      { type: 'input_image', image_url: 'https://files.example/b.jpg', detail: 'low' },
    ],
  },
  {
    type: 'reasoning',
    id: 'rs_1',
    summary: [{ type: 'summary_text', text: 'Look at the plan.' }],
    encrypted_content: 'b3BhcXVl',
  },
  {
    type: 'function_call',
    id: 'fc_1',
    call_id: 'c1',
    name: 'plan',
    arguments: '{"day":"sun"}',
    status: 'completed',
  },
  {
    type: 'function_call_result',
    call_id: 'c1',
    name: 'plan',
    status: 'completed',
    output: { type: 'text', text: 'x'.repeat(40_000) },
  },
  {
    type: 'message',
    id: 'msg_1',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text: 'Sunday is free.', providerData: { annotations: [] } }],
  },
  {
    type: 'message',
    id: 'msg_2',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'refusal', refusal: 'I cannot promise that.' }],
  },
  {
    type: 'hosted_tool_call',
    id: 'ws_1',
    name: 'web_search_call',
    status: 'completed',
    providerData: { action: { query: 'opening hours' } },
  },
];
