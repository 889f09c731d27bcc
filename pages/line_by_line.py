"""Line by line: the tutorial's own programs, really run and then played back (every section)."""

from core.teaching.programs import PROGRAMS
from ui.foot import next_page
from ui.line_by_line import player
from ui.shell import frame
from ui.shell.sections import choose_section

frame.open_page(__file__)
frame.lead(
    "Line by line",
    "The complete program of each section of the tutorial, run here for real. Step through it, "
    "and see what every line made or changed.",
)

titles = {program.title: program for program in PROGRAMS}
part, tab = choose_section(list(titles), name="program")
with tab, frame.guard():
    player.show(titles[part])

next_page()
