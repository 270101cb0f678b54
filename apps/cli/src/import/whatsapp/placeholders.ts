/**
 * What WhatsApp writes in place of a message, in the languages of its exports. A line is compared without marks of direction and
 * angle brackets, in lower case.
 */
const OMITTED = new Set([
  // English, German, Spanish, French, Italian, Portuguese, Dutch; Android's word for any medium first.
  'media omitted',
  'image omitted',
  'video omitted',
  'audio omitted',
  'sticker omitted',
  'gif omitted',
  'document omitted',
  'contact card omitted',
  'medien ausgeschlossen',
  'bild weggelassen',
  'video weggelassen',
  'audio weggelassen',
  'sticker weggelassen',
  'gif weggelassen',
  'dokument weggelassen',
  'kontaktkarte weggelassen',
  'multimedia omitido',
  'imagen omitida',
  'video omitido',
  'audio omitido',
  'sticker omitido',
  'documento omitido',
  'médias omis',
  'image absente',
  'vidéo absente',
  'audio omis',
  'sticker omis',
  'document omis',
  'media omessi',
  'immagine omessa',
  'video omesso',
  'audio omesso',
  'sticker omesso',
  'documento omesso',
  'mídia oculta',
  'arquivo de mídia oculto',
  'imagem ocultada',
  'vídeo omitido',
  'áudio ocultado',
  'figurinha omitida',
  'media weggelaten',
  'afbeelding weggelaten',
  'video weggelaten',
  'audio weggelaten',
  'sticker weggelaten',
  'document weggelaten',
]);

const DELETED = new Set([
  'you deleted this message',
  'this message was deleted',
  'du hast diese nachricht gelöscht',
  'diese nachricht wurde gelöscht',
  'eliminaste este mensaje',
  'se eliminó este mensaje',
  'vous avez supprimé ce message',
  'ce message a été supprimé',
  'hai eliminato questo messaggio',
  'questo messaggio è stato eliminato',
  'você apagou esta mensagem',
  'esta mensagem foi apagada',
  'mensagem apagada',
  'u hebt dit bericht verwijderd',
  'je hebt dit bericht verwijderd',
  'dit bericht is verwijderd',
]);

/** Marks of direction, which WhatsApp puts before what it writes itself. */
const MARKS = /[\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

export function withoutMarks(text: string): string {
  return text.replaceAll(MARKS, '');
}

const comparable = (line: string) => line.replaceAll(/[<>]/g, '').replace(/\.$/, '').trim().toLowerCase();

export const isOmitted = (line: string) => OMITTED.has(comparable(line));
export const isDeleted = (text: string) => DELETED.has(comparable(text));
