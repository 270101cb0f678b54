import { UserError } from '../../output/errors.ts';
import { parseJsonLines } from '../json-lines.ts';
import { emptyReading, type ReadTranscripts, Transcript } from './transcript.ts';

/**
 * Reads Baton's own format: a transcript a line. Its schema is docs/transcript.schema.json.
 * @throws UserError where no line is a transcript
 */
export function parseTranscripts(file: string, content: string): ReadTranscripts {
  const reading = emptyReading();
  for (const { place, record } of parseJsonLines(file, content, Transcript, reading.faults))
    reading.transcripts.push({ place, transcript: record });
  if (reading.transcripts.length === 0 && reading.faults.length === 0)
    throw new UserError(`${file} is empty: expected a conversation a line`);
  return reading;
}
