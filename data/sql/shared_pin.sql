-- Keep the state of this moment for readers, and let go by itself when nobody asks any more. For
-- the server itself, first in a transaction; {seconds} is a number of ours.
SET LOCAL idle_in_transaction_session_timeout = '{seconds}s'
