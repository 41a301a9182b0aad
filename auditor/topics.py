"""What a question can be about: the closed list that a profile's `topics` are taken from, with what reads them.

Whatever depends on what is asked goes by these: the same sentence says one thing in an answer on tests and another in one on
struggles. A question has one topic or a few; without any, its answer is read for what holds in every answer.
"""

TOPICS: dict[str, str] = {
    "group": "The group's number or name. Never shown to a judge unless private answers are.",
    "members": "Who is in the group: names and study numbers. Never shown to a judge unless private answers are, and then veiled.",
    "contributions": "Who did what. Says nothing of how the project works.",
    "struggles": "What was difficult. Says nothing of how the project works.",
    "costs": "Credits and money. Says nothing of how the project works.",
    "frameworks": "Packages from outside the course.",
    "dependencies": "How dependencies are managed: versions, lock files, tools that are only declared.",
    "structure": "The layout of the repository: folders that are named as its own.",
    "code-quality": "Rules for style, types and documentation.",
    "tests": "How many tests there are and what they test: counts of tests.",
    "coverage": "The coverage of the code: percentages.",
    "version-control": "Branches, pull requests, pushes to the main branch.",
    "data-versioning": "Version control of the data.",
    "ci": "Continuous integration: workflows, their triggers, matrices and caches.",
    "configuration": "How experiments are configured: counts of configuration files.",
    "reproducibility": "How experiments are made reproducible: versions, seeds, configuration files.",
    "experiment-tracking": "Tracked experiments and their figures.",
    "containers": "Containers and their images: counts of images.",
    "debugging": "How bugs were found.",
    "profiling": "Profiling of the code.",
    "cloud-services": "All services of a cloud that were used: the answer is their list.",
    "cloud-machines": "Virtual machines in a cloud.",
    "cloud-storage": "Buckets and what is in them, with images of them.",
    "image-registry": "Images in a registry.",
    "image-builds": "The history of built images.",
    "cloud-training": "Training in a cloud.",
    "api": "An API for the model: counts of endpoints.",
    "deployment": "Deployment, locally or in a cloud: counts of endpoints.",
    "api-tests": "Tests and load tests of the API.",
    "monitoring": "Monitoring of what is deployed.",
    "documentation": "Documentation of the project.",
    "extras": "What the other questions do not ask for.",
    "architecture": "The system as a whole, with its figure.",
}
