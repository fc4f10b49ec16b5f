"""Pages, exports, mails and API of the appeals report. What they show is counted in `appeals.reports` alone."""
