"""What other programs wrote beside photos when they were exported: captions, dates, licences."""
