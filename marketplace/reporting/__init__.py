"""Papers: invoices, credit notes, statements and summaries, all of them read from the books."""
