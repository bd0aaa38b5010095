/** A question in somebody's own words, and the pages of the manual of PostgreSQL 15 that answer it. */
export interface KnowledgeQuestion {
  readonly question: string;
  readonly pages: readonly string[];
}

const asked = (question: string, ...pages: readonly string[]): KnowledgeQuestion => ({ question, pages });

/**
 * Sixty questions, written for this bench by somebody who knows the manual, before any of them was searched for. They avoid the titles of the pages:
 * people ask for what they want to do.
 */
export const knowledgeQuestions: readonly KnowledgeQuestion[] = [
  asked('How can I copy a whole table out into a file on disk?', 'sql-copy'),
  asked('What is the difference between letters with a length limit and without one?', 'datatype-character'),
  asked('My counter skipped some numbers after a rollback. Is that normal?', 'functions-sequence', 'sql-createsequence'),
  asked('How do I let each customer see only their own rows?', 'ddl-rowsecurity', 'sql-createpolicy'),
  asked('Two sessions wait for each other forever. What happens?', 'explicit-locking'),
  asked('How do I see which sessions block others right now?', 'monitoring-locks', 'view-pg-locks', 'functions-info'),
  asked('How do I find out why a query is slow?', 'using-explain', 'sql-explain', 'auto-explain'),
  asked('Insert a row, or change it if it is there already', 'sql-insert', 'sql-merge'),
  asked('Which memory settings should I raise on a big machine?', 'runtime-config-resource'),
  asked('Space is not given back after many deletes', 'routine-vacuuming', 'sql-vacuum'),
  asked('How do I restore the database to how it was yesterday at noon?', 'continuous-archiving', 'recovery-config'),
  asked('Make a copy of one database and load it on another server', 'backup-dump', 'app-pgdump'),
  asked('How do I move to a newer major version without dumping everything?', 'pgupgrade', 'upgrading'),
  asked('Keep a second server in step that takes over when the first one fails', 'high-availability', 'warm-standby', 'warm-standby-failover'),
  asked('Send changes of only some tables to another server', 'logical-replication', 'logical-replication-publication', 'sql-createpublication'),
  asked('Only rows that fulfil a condition should be replicated', 'logical-replication-row-filter'),
  asked('Can I run read-only queries on the replica?', 'hot-standby'),
  asked('Store documents without a fixed structure and look inside of them', 'datatype-json', 'functions-json'),
  asked('Find words in all their grammatical forms', 'textsearch-intro', 'textsearch-controls', 'textsearch'),
  asked('Find names that are spelled almost alike', 'pgtrgm', 'fuzzystrmatch'),
  asked('Which kinds of indexes are there and when do I use which?', 'indexes-types'),
  asked('An index over only the unpaid orders', 'indexes-partial'),
  asked('An index for searching without regard to upper and lower case', 'indexes-expressional', 'citext'),
  asked('Build an index while people go on writing', 'sql-createindex'),
  asked('Split a huge table by month', 'ddl-partitioning'),
  asked('Number the rows within each group', 'tutorial-window', 'functions-window'),
  asked('Running total over the days', 'tutorial-window', 'functions-window', 'sql-expressions'),
  asked('Walk down a tree of categories in one query', 'queries-with'),
  asked('How many decimals does money need so that no cent is lost?', 'datatype-numeric', 'datatype-money'),
  asked('Difference between two moments in days', 'functions-datetime'),
  asked('Time zones: what is stored and what is shown?', 'datatype-datetime'),
  asked('Show a date as text in my own format', 'functions-formatting'),
  asked('Cut a string at a comma', 'functions-string'),
  asked('Check a text against a pattern', 'functions-matching'),
  asked('Turn a list of values into rows', 'functions-array', 'functions-srf'),
  asked('Reserve rooms so that no two bookings overlap', 'rangetypes', 'ddl-constraints'),
  asked('A column that is computed from other columns', 'ddl-generated-columns'),
  asked('Forbid that a child row points to nothing', 'ddl-constraints'),
  asked('Give somebody the right to read one table', 'sql-grant', 'ddl-priv'),
  asked('Who may log in from where is decided in which file?', 'auth-pg-hba-conf'),
  asked('Encrypt the connection between client and server', 'ssl-tcp', 'libpq-ssl', 'encryption-options'),
  asked('Where can I put my password so that psql does not ask for it?', 'libpq-pgpass'),
  asked('Show the statements that take the most time altogether', 'pgstatstatements'),
  asked('Write all slow queries into the log', 'runtime-config-logging'),
  asked('End a query that runs for more than a minute', 'runtime-config-client'),
  asked('How do I get rid of a connection of somebody else?', 'functions-admin'),
  asked('Run something whenever a row changes', 'sql-createtrigger', 'plpgsql-trigger', 'trigger-definition'),
  asked('Tell other programs that something has happened', 'sql-notify', 'sql-listen'),
  asked('Catch an error in a stored procedure and go on', 'plpgsql-control-structures'),
  asked('Loop over the result of a query in a function', 'plpgsql-control-structures'),
  asked('Query a table that lives in another database server', 'postgres-fdw', 'ddl-foreign-data', 'dblink'),
  asked('Read a CSV file as if it were a table', 'file-fdw'),
  asked(
    'Keep the result of an expensive query and refresh it now and then',
    'rules-materializedviews',
    'sql-creatematerializedview',
    'sql-refreshmaterializedview',
  ),
  asked('What does each isolation level protect me from?', 'transaction-iso'),
  asked('Retry after a conflict between transactions', 'mvcc-serialization-failure-handling', 'transaction-iso'),
  asked('Undo only a part of a transaction', 'sql-savepoint', 'sql-rollback-to', 'tutorial-transactions'),
  asked('Load a lot of data as fast as possible', 'populate'),
  asked('Give up durability to be faster in tests', 'non-durability'),
  asked('The disk ran out of room. What now?', 'disk-full'),
  asked('Random identifiers that are unique everywhere', 'datatype-uuid', 'functions-uuid'),
];
