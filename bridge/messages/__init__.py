"""Messages to people: templates, the queue, three ways out (mail, Moodle, a text to copy), and what became of each."""
