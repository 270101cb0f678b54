import type { JsonValue, MessagePart } from '@baton/schema';
import {
  ChartNoAxesColumn,
  Link as LinkIcon,
  type LucideIcon,
  Paperclip,
  Sparkles,
  Wrench,
} from 'lucide-react';
import { isolate } from '../format/isolate.ts';

const shown = (value: JsonValue): string =>
  typeof value === 'string' ? value : JSON.stringify(value, null, 2);

/** A link where the address is one of the web; its name alone where it is not. */
function Named({ icon: Icon, url, name }: { icon: LucideIcon; url: string | undefined; name: string }) {
  return (
    <span className="flex items-center gap-1.5 text-ink-2">
      <Icon size={16} aria-hidden className="shrink-0" />
      {url !== undefined && /^https?:/.test(url) ? (
        <a
          href={url}
          target="_blank"
          rel="noreferrer noopener"
          className="truncate underline underline-offset-3"
        >
          {name}
        </a>
      ) : (
        <span className="truncate">{name}</span>
      )}
    </span>
  );
}

function Details({ icon: Icon, title, body }: { icon: LucideIcon; title: string; body: string }) {
  return (
    <details className="text-ink-2">
      <summary className="flex items-center gap-1.5">
        <Icon size={16} aria-hidden className="shrink-0" />
        {title}
      </summary>
      <pre className="mt-1 max-h-60 overflow-auto rounded-base bg-sunken p-2 text-meta break-words whitespace-pre-wrap">
        {body}
      </pre>
    </details>
  );
}

/** What a file is called where it has no name: its address, or its type where it is in its address. */
function fileName(part: Extract<MessagePart, { type: 'attachment' }>): string {
  const { name, url, mimeType } = part;
  if (name !== undefined) return name;
  return url === undefined || url.startsWith('data:') ? (mimeType ?? 'File') : url;
}

/** @param text of the message: a part that says the same is not shown again */
function MessagePartView({ part, text }: { part: MessagePart; text: string }) {
  switch (part.type) {
    case 'text':
      return text.includes(part.text) ? null : (
        <p className="text-message break-words whitespace-pre-wrap">{part.text}</p>
      );
    case 'reasoning':
      return <Details icon={Sparkles} title="Reasoning" body={part.text} />;
    case 'attachment':
      return <Named icon={Paperclip} url={part.url} name={fileName(part)} />;
    case 'source':
      return <Named icon={LinkIcon} url={part.url} name={part.title ?? part.url ?? part.id ?? 'Source'} />;
    case 'tool_call': {
      const state = part.state === undefined ? '' : ` · ${part.state}`;
      const error = part.errorText === undefined ? '' : `\n${part.errorText}`;
      const body = `${shown(part.arguments)}${error}`;
      return <Details icon={Wrench} title={`Called ${isolate(part.name)}${state}`} body={body} />;
    }
    case 'tool_result': {
      const title = `${isolate(part.name ?? 'The tool')} answered`;
      return <Details icon={Wrench} title={title} body={shown(part.result)} />;
    }
    case 'data':
      return <Details icon={ChartNoAxesColumn} title={part.name} body={shown(part.json)} />;
  }
}

export function MessageParts({ parts, text }: { parts: readonly MessagePart[]; text: string }) {
  return (
    <div className="mt-1 flex max-w-[502px] flex-col gap-1">
      {parts.map((part, index) => (
        // Parts never change their order.
        <MessagePartView key={index} part={part} text={text} />
      ))}
    </div>
  );
}
