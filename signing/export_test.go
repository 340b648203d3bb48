package signing

// JournalFile and OpenJournalOn let a test give a journal a disk that fails.
type JournalFile = journalFile

var OpenJournalOn = openJournal
