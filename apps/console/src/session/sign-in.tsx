import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { useTRPC } from '../baton-provider.tsx';
import { reasonOf } from '../format/error-message.ts';
import { Button } from '../ui/button.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { TextField } from '../ui/text-field.tsx';
import { Entrance } from './sign-in-layout.tsx';
import { tokenIn } from './sign-in-token.ts';

/** A link works once. */
let isSpent = false;

export type SignInProps = {
  /** The token of the link that opened the page. */
  offered: string | null;
  onSignedIn: () => Promise<void>;
};

/** Spends the token of the link, or asks for a link. */
export default function SignIn({ offered, onSignedIn }: SignInProps) {
  const trpc = useTRPC();
  const [text, setText] = useState('');
  const [fault, setFault] = useState<string>();
  const [isByLink, setByLink] = useState(offered !== null && !isSpent);
  const { mutate, isPending } = useMutation(
    trpc.session.signIn.mutationOptions({
      onSuccess: onSignedIn,
      onError: (error) => {
        setByLink(false);
        setFault(reasonOf(error));
      },
    }),
  );

  useEffect(() => {
    if (offered === null || isSpent) return;
    mutate({ token: offered });
    isSpent = true;
  }, [mutate, offered]);

  function submit(event: FormEvent): void {
    event.preventDefault();
    const token = tokenIn(text);
    if (token === null) setFault('This is neither a sign-in link nor its token.');
    else mutate({ token });
  }

  if (isByLink) {
    return (
      <Entrance title="Signing in">
        <SkeletonLines lines={3} />
      </Entrance>
    );
  }
  return (
    <Entrance title="Sign in to Baton">
      <p className="mb-5 text-ink-2">
        Open the link that <code>baton start</code> or <code>baton sign-in</code> prints. A link works once;
        it can be pasted here too.
      </p>
      <form onSubmit={submit} className="flex flex-col gap-3">
        <TextField
          label="Sign-in link"
          value={text}
          fault={fault}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            setText(event.target.value);
            setFault(undefined);
          }}
        />
        <Button look="primary" type="submit" disabled={isPending} className="self-start">
          Sign in
        </Button>
      </form>
    </Entrance>
  );
}
