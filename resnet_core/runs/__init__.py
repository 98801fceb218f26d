"""Jobs that outlive the page that asked for them.

    queue       what a page or the command line calls: submit, stop, delete
    annotations notes and tags that readers give to jobs
    store       the database: the only thing that is shared, and the only truth
    supervisor  one process per home: gives waiting jobs a slot, ends them, notices their death
    worker      one job in one process
    estimate    seconds and memory of a run before it starts
    devices     the processors of this machine by name

Only the worker imports Keras, and only inside its work.
"""
