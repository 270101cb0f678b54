/** Whom an export or an erasure is of; the name is for people, the key says who it is. */
export type NamedContact = { contactId: string; name: string | null };
