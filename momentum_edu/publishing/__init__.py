"""From the one edited source to what people read: lessons, exercises, solutions, slides, pages."""
