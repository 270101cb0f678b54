import { fileTypeFromBuffer } from 'file-type';

/** How many bytes show the type of a content. */
const SAMPLE_BYTES = 4_100;
const UNKNOWN = 'application/octet-stream';
const PLAIN = 'text/plain';
/** Types that are text, of which the content does not show which it is; one that a browser would run is none of them. */
const TEXTS = new Set([
  'application/json',
  'application/x-ndjson',
  'text/calendar',
  'text/csv',
  'text/markdown',
  'text/tab-separated-values',
  'text/vcard',
]);
/** Types of which a content may be text all the same. */
const MAY_BE_TEXT = /^(?:text\/.*|application\/(?:pdf|postscript|rtf|xml))$/;

/** Finds out of which type a content is, by its bytes alone, as they come. */
export class ContentType {
  readonly #sample: Uint8Array[] = [];
  #sampled = 0;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #isText = true;

  add(piece: Uint8Array): void {
    if (this.#sampled < SAMPLE_BYTES) {
      this.#sample.push(piece.subarray(0, SAMPLE_BYTES - this.#sampled));
      this.#sampled += piece.length;
    }
    this.#isText &&= !piece.some(isControl) && this.#decodes(piece);
  }

  /** @param said what the sender says it is */
  async end(said: string): Promise<string> {
    const isText = this.#isText && this.#decodes();
    // It throws where a content breaks off in the middle of what it reads.
    const found = await fileTypeFromBuffer(Buffer.concat(this.#sample)).catch(() => undefined);
    if (!isText) return found?.mime ?? UNKNOWN;
    // Two letters at the beginning of a text are enough for some types.
    if (found !== undefined && MAY_BE_TEXT.test(found.mime)) return found.mime;
    return TEXTS.has(said) ? said : PLAIN;
  }

  #decodes(piece?: Uint8Array): boolean {
    try {
      this.#decoder.decode(piece, { stream: piece !== undefined });
      return true;
    } catch {
      return false;
    }
  }
}

/** Controls that no text has: all but tabs, line breaks, form feeds and escapes. */
function isControl(byte: number): boolean {
  return byte < 32 && (byte < 9 || byte === 11 || (byte > 13 && byte !== 27));
}
