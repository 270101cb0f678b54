import { Outlet } from '@tanstack/react-router';

export default function InboxPage() {
  return <Outlet />;
}
