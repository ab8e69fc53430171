"""iCalendar (RFC 5545): meetings as calendars that Outlook, Apple, Google and others subscribe to."""
